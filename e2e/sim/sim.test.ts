import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { failedBefore } from './failed-before.ts'
import { playSeed } from './play.ts'
import { type Plant, plants } from './plants.ts'

const seeds = 300
const mostMs = 9 * 60_000

/** Plays schedules by the command itself, and reads what it prints. */
async function simulate(args: string[]): Promise<{ code: number; text: string }> {
  const child = fork(resolve(import.meta.dirname, 'main.ts'), args, { execArgv: [], stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part))
  const [code] = (await once(child, 'exit')) as [number]
  return { code, text }
}

test(`${seeds} schedules of crashes, lost answers, storms and restores lose nothing, double nothing, leak nothing, and pass every crash point`, async () => {
  const { code, text } = await simulate(['--seeds', String(seeds), '--from', '1', '--processes', '1'])
  expect(text).toContain(`${seeds} schedules`)
  expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' })
}, mostMs)

test.each(failedBefore)('schedule $seed, which once failed, is played to a good end', async ({ seed }) => {
  expect((await playSeed(seed)).violations).toEqual([])
}, 60_000)

/** Schedules in which each bug does its harm. */
const harmful: Record<Plant['name'], readonly number[]> = {
  'no-request-id': [8, 10, 12, 15, 24, 35, 37],
  'no-unique-attempt': [3, 11, 15, 32, 38, 39],
  'no-fence': [3, 15, 36, 40, 41, 48],
  'webhook-unread': [6, 7, 27],
  'refresh-unleased': [107, 16, 131, 178],
  'commit-trusted': [28, 3, 6, 7],
}

test.each(plants)('a planted $name is found', async plant => {
  const found: string[] = []
  for (const seed of harmful[plant.name]) {
    if (found.length > 0) break
    found.push(...(await playSeed(seed, plant)).violations)
  }
  expect(found).not.toEqual([])
}, 120_000)
