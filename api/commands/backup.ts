import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { databasePath } from '../../db/client.ts'
import { CopyError, finishCopy, partialOf } from '../../db/copy.ts'
import { readDatabase, readTyped } from '../config.ts'
import { callServer } from '../control/call.ts'
import { bytesLine, createLine, run, say } from './terminal.ts'

const usage = 'npm run backup -- --to FILE\n  Writes a checked copy of the database into FILE, while the server runs or not. DATA_DIR or DATABASE_URL says which database.'
const lookMs = 100

await run(async () => {
  const { to } = readTyped({ to: { type: 'string' } }, usage)
  if (to === undefined) throw new Error(usage)
  const database = readDatabase()
  const path = databasePath(database.url)
  if (path === null) throw new Error(`The database is a server (${new URL(database.url).host}), which makes its own backups: use its snapshots, or \`.dump\` of its shell. This command copies the embedded file.`)
  if (!existsSync(path)) throw new Error(`There is no database at ${path}. Set DATA_DIR or DATABASE_URL to the one that is meant.`)
  const target = resolve(to)
  if (existsSync(target)) throw new Error(`${target} exists already. Nothing was written; choose another name.`)
  mkdirSync(dirname(target), { recursive: true })
  const takenAt = await copy(path, target)
  say('  Checking the copy …')
  await finishCopy(target, takenAt).catch((error: unknown) => {
    throw error instanceof CopyError ? new Error(`The copy was dropped. ${error.message} Nothing was changed in the database itself.`, { cause: error }) : error
  })
  say(`Backed up as of ${new Date(takenAt).toISOString()} to ${target}.`)
  return 0
})

/** Writes the copy under its passing name, and shows how it grows. Answers the moment that it shows. */
async function copy(path: string, target: string): Promise<number> {
  const line = createLine()
  const state = { bytes: statSync(path).size, takenAt: Date.now(), problem: '' }
  const show = () => line.show(bytesLine(existsSync(partialOf(target)) ? statSync(partialOf(target)).size : 0, state.bytes))
  const timer = setInterval(show, lookMs)
  try {
    const isServed = await callServer(path, { verb: 'backup', to: target }, said => {
      if (said.kind === 'begun') state.bytes = said.bytes
      if (said.kind === 'copied') state.takenAt = said.takenAt
      if (said.kind === 'failed') state.problem = said.problem
    })
    if (!isServed) await copyHere(path, target)
    if (state.problem) throw new Error(state.problem)
    state.bytes = statSync(partialOf(target)).size
    show()
  } finally {
    clearInterval(timer)
    line.end()
  }
  return state.takenAt
}

/** No server has the file open: a thread of this command opens it, so that this one can show how far it is. */
async function copyHere(path: string, target: string): Promise<void> {
  const worker = new Worker(new URL('./copy-thread.ts', import.meta.url), { workerData: { path, target } })
  // Rejects with what the thread throws.
  await once(worker, 'exit')
}
