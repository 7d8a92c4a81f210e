import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { failedBefore } from './failed-before.ts'
import { playSeed } from './play.ts'
import { plants } from './plants.ts'

/** `npm run sim` plays any number. */
const seeds = 300
const mostMs = 9 * 60_000

/** Plays schedules by the command itself, and reads what it prints. */
async function simulate(args: string[]): Promise<{ code: number; text: string }> {
  const child = fork(resolve(import.meta.dirname, 'main.ts'), args, { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part: string) => (text += part))
  // What it printed may be read after it has ended.
  const [code] = (await once(child, 'close')) as [number]
  return { code, text }
}

test(`${seeds} schedules of crashes, lost answers, storms and restores lose nothing, double nothing, leak nothing, and pass every crash point`, async () => {
  const { code, text } = await simulate(['--seeds', String(seeds), '--from', '1', '--processes', '2'])
  expect(text).toContain(`${seeds} schedules`)
  expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' })
}, mostMs)

test.each(failedBefore)('schedule $seed, which once failed, is played to a good end', async ({ seed }) => {
  expect((await playSeed(seed)).violations).toEqual([])
}, 60_000)

/** Chance may spare a schedule the harm. */
const mostSeeds = 40

test.each(plants)('a planted $name is found', async plant => {
  const found: string[] = []
  for (let seed = 1; seed <= mostSeeds && found.length === 0; seed++) found.push(...(await playSeed(seed, plant)).violations)
  expect(found).not.toEqual([])
}, mostMs)
