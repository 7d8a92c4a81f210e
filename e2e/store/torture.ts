import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readTyped } from '../../api/config.ts'
import { connect } from '../../db/client.ts'

export type Toll = {
  acknowledged: number
  kills: number
  /** Batches that were acknowledged and are not there. */
  lost: number
  /** Batches of which a part is there. */
  torn: number
  integrity: string
  seconds: number
}

/** A process that writes into the database file at `path`; `life` begins the names of its batches. */
export const startWriter = (path: string, life: string): ChildProcess => spawn(process.execPath, [resolve(import.meta.dirname, 'writer.ts'), path, life], { stdio: ['ignore', 'pipe', 'pipe'] })

/**
 * Lets a process write into an embedded file, kills it at random moments and starts it again, until it has
 * acknowledged `acks` batches, `acksPerLife` on average before each kill; then looks for every one of them.
 */
export async function torture({ acks, acksPerLife }: { acks: number; acksPerLife: number }): Promise<Toll> {
  const beganAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'torture-'))
  const path = join(folder, 'a.db')
  const acknowledged: string[] = []
  let kills = 0
  try {
    while (acknowledged.length < acks) {
      kills += 1
      acknowledged.push(...(await live(path, String(kills), randomInt(1, 2 * acksPerLife))))
    }
    return { acknowledged: acknowledged.length, kills, ...(await look(path, acknowledged)), seconds: Math.round((performance.now() - beganAt) / 100) / 10 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One life: the batches that were acknowledged until the kill, a few moments after the `enough`th. */
async function live(path: string, life: string, enough: number): Promise<string[]> {
  const writer = startWriter(path, life)
  let said = ''
  let complaint = ''
  let lines = 0
  writer.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const ended = once(writer, 'close')
  writer.stdout?.on('data', (chunk: Buffer) => {
    const text = chunk.toString()
    said += text
    lines += text.split('\n').length - 1
    if (lines >= enough && !writer.killed) setTimeout(() => writer.kill('SIGKILL'), randomInt(0, 20))
  })
  await ended
  if (writer.signalCode !== 'SIGKILL') throw new Error(`The writer ended by itself: ${complaint}`)
  // The last line may have been cut off by the kill.
  return said.split('\n').slice(0, -1)
}

async function look(path: string, acknowledged: readonly string[]): Promise<Pick<Toll, 'lost' | 'torn' | 'integrity'>> {
  const { client, close } = await connect(`file:${path}`, { timeoutMs: 10_000 })
  const { rows } = await client.execute('select batch, count(*) halves from halves group by batch')
  const whole = new Set(rows.filter(row => Number(row['halves']) === 2).map(row => String(row['batch'])))
  const check = await client.execute('pragma integrity_check')
  await close()
  return { lost: acknowledged.filter(batch => !whole.has(batch)).length, torn: rows.length - whole.size, integrity: String(check.rows[0]?.['integrity_check']) }
}

if (import.meta.main) {
  try {
    const usage = 'Say how many batches are to be acknowledged: npm run torture -- --acks 250000'
    const acks = Number(readTyped({ acks: { type: 'string' } }, usage).acks ?? 250_000)
    if (!Number.isSafeInteger(acks) || acks < 1) throw new Error(usage)
    const toll = await torture({ acks, acksPerLife: 2_000 })
    process.stdout.write(`${toll.acknowledged} acknowledged, ${toll.kills} kills, ${toll.lost} lost, ${toll.torn} torn, integrity ${toll.integrity}, ${toll.seconds} s\n`)
    process.exitCode = toll.lost === 0 && toll.torn === 0 && toll.integrity === 'ok' ? 0 : 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
