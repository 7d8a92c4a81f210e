import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm start [-- --invoices N] [-- --company DIR]
  --invoices N   how many invoices the built-in company has, 50 to 1,000,000 (200)
  --company DIR  loads a company from DIR/<Entity>.json instead
  PORT (4000), HOST (127.0.0.1) and DATA_DIR (.data) are read from the environment.`

export type StartOptions = {
  host: string
  port: number
  dataDir: string
  invoices: number
  /** The folder of another company than the built-in one. */
  company: string | null
}
export type StartWish = { kind: 'start'; options: StartOptions } | { kind: 'help' } | { kind: 'refused'; problem: string }

/** A folder of its own, so that starting over can never touch the data of `npm run serve`. */
const sandboxFolder = 'sandbox'

const wishes = z.object({
  invoices: z.coerce.number().int().min(50).max(1_000_000).default(200),
  company: z.string().min(1).optional(),
  PORT: z.coerce.number().int().min(1).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.data'),
})
const problems: Readonly<Record<string, string>> = {
  invoices: '--invoices takes a whole number from 50 to 1,000,000.',
  company: '--company takes the folder that holds Customer.json, Invoice.json and so on.',
  PORT: 'PORT takes a number from 1 to 65535.',
}

/** What somebody who typed `npm start` wants; where that cannot be done, a sentence that says what can. */
export function readStartOptions(typed: readonly string[], env: Readonly<Record<string, string | undefined>>): StartWish {
  const read = valuesOf(typed)
  if (typeof read === 'string') return { kind: 'refused', problem: read }
  if (read.help) return { kind: 'help' }
  const filled = Object.fromEntries(Object.entries({ ...env, ...read }).filter(([, value]) => value !== ''))
  const parsed = wishes.safeParse(filled)
  if (!parsed.success) return { kind: 'refused', problem: parsed.error.issues.map(issue => problems[String(issue.path[0])] ?? issue.message).join('\n') }
  const { PORT: port, HOST: host, DATA_DIR, invoices, company } = parsed.data
  return { kind: 'start', options: { host, port, dataDir: resolve(DATA_DIR, sandboxFolder), invoices, company: company === undefined ? null : resolve(company) } }
}

function valuesOf(typed: readonly string[]): { company?: string; invoices?: string; help?: boolean } | string {
  try {
    return parseArgs({ args: [...typed], options: { company: { type: 'string' }, invoices: { type: 'string' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return `${error.message.split('. ')[0] ?? ''}.`
    throw error
  }
}
