import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export type Child = {
  /** What it said when it was ready. */
  ready: Record<string, unknown>
  /** Asks it something and waits for the answer. */
  ask<T>(question: string, given?: object): Promise<T>
  stop(): Promise<void>
}

/** How `npm run serve` runs the product, so that it is measured as it is served: Node's flags, and the environment before its name. */
export function servedAs(): { flags: string[]; environment: Record<string, string> } {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { serve: string } }
  const parts = scripts.serve.split(' ')
  return { flags: parts.filter(part => part.startsWith('--')), environment: Object.fromEntries(parts.slice(0, parts.indexOf('node')).map(part => part.split('=') as [string, string])) }
}

/** The product as it is served, in a process of its own. */
export function startServed(env: Record<string, string>): Promise<Child> {
  const { flags, environment } = servedAs()
  return startChild('servers/api.ts', { env: { ...environment, ...env }, execArgv: flags })
}

/** Starts a file of this folder as a process of its own and waits until it says that it is ready. Throws where it ends before. */
export async function startChild(file: string, given: { env?: Record<string, string | undefined>; argv?: string[]; execArgv?: string[] } = {}): Promise<Child> {
  const child = fork(join(import.meta.dirname, file), given.argv ?? [], { cwd: root, env: { ...process.env, ...given.env }, execArgv: given.execArgv ?? [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await Promise.race([once(child, 'message'), once(child, 'exit')])
  const [first] = ready as [unknown]
  if (typeof first !== 'object' || first === null) throw new Error(`${file} ended before it was ready: ${String(first)}`)
  return { ready: first as Record<string, unknown>, ask: asker(child, file), stop: () => stop(child) }
}

function asker(child: ChildProcess, file: string): Child['ask'] {
  let asked = 0
  return async <T>(question: string, given: object = {}) => {
    const id = ++asked
    const answer = new Promise<T>((resolve, reject) => {
      const end = (code: number | null) => reject(new Error(`${file} ended (${code}) while it was asked "${question}"`))
      const hear = (message: unknown) => {
        const { answerTo, value, problem } = message as { answerTo?: number; value?: T; problem?: string }
        if (answerTo !== id) return
        child.off('message', hear)
        child.off('exit', end)
        if (problem === undefined) resolve(value as T)
        else reject(new Error(`${file}: ${problem}`))
      }
      child.on('message', hear)
      child.once('exit', end)
    })
    child.send({ id, question, given })
    return answer
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** For the process itself: says that it is ready, and ends where its parent does. */
export function announce(ready: object): void {
  process.once('disconnect', () => process.exit(0))
  process.send?.(ready)
}

/** For the process itself: answers what its parent asks. */
export function obey(questions: Readonly<Record<string, (given: never) => unknown>>): void {
  process.on('message', (message: { id: number; question: string; given: never }) => {
    void answer(questions[message.question], message)
  })
}

async function answer(question: ((given: never) => unknown) | undefined, { id, given }: { id: number; given: never }): Promise<void> {
  try {
    if (!question) throw new Error('it does not know this question')
    process.send?.({ answerTo: id, value: (await question(given)) ?? null })
  } catch (error) {
    process.send?.({ answerTo: id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
