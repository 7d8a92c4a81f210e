import { parseArgs } from 'node:util'
import { z } from 'zod'

export type BenchOptions = { names: string[]; runs: number; json: string | null; write: boolean }
export type BenchWish = { kind: 'measure'; options: BenchOptions } | { kind: 'render' } | { kind: 'help' } | { kind: 'refused'; problem: string }

const wishes = z.object({ runs: z.coerce.number().int().min(1).max(100).default(5), json: z.string().min(1).optional(), write: z.boolean().default(false), render: z.boolean().default(false), help: z.boolean().default(false) })

/** What somebody who typed `npm run bench` wants; where that cannot be done, a sentence that says what can. */
export function readBenchOptions(typed: readonly string[], known: readonly string[]): BenchWish {
  let parsed: { values: object; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...typed], allowPositionals: true, options: { runs: { type: 'string' }, json: { type: 'string' }, write: { type: 'boolean' }, render: { type: 'boolean' }, help: { type: 'boolean' } } })
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'refused', problem: error.message }
    throw error
  }
  const unknown = parsed.positionals.filter(name => !known.includes(name))
  if (unknown.length > 0) return { kind: 'refused', problem: `There is no figure called ${unknown.join(', ')}. There are: ${known.join(', ')}.` }
  const read = wishes.safeParse(parsed.values)
  if (!read.success) return { kind: 'refused', problem: '--runs takes a whole number from 1 to 100, --json the name of a file.' }
  const { help, render, runs, json, write } = read.data
  if (help) return { kind: 'help' }
  if (render) return { kind: 'render' }
  if (write && (parsed.positionals.length > 0 || runs < 5)) return { kind: 'refused', problem: 'The page is written from a whole run of at least 5 rounds: leave out the names and --runs.' }
  return { kind: 'measure', options: { names: parsed.positionals, runs, json: json ?? null, write } }
}
