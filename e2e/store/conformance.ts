import { setTimeout as sleep } from 'node:timers/promises'
import { readTyped } from '../../api/config.ts'
import { type Connection, connect } from '../../db/client.ts'
import { batchGuarantees } from './batch-guarantees.ts'
import { type BenchOptions, type Guarantee, openBench } from './bench.ts'
import { outboxGuarantees } from './outbox-guarantees.ts'
import { serverGuarantees } from './server-guarantees.ts'

const everyGuarantee = [...batchGuarantees, ...outboxGuarantees, ...serverGuarantees]

/**
 * Proves on a libSQL server what the product asks of it, prints one line for each guarantee, and answers how many it
 * does not keep. The database must be empty, and is emptied in the end. Throws an Error with a sentence where it is
 * not empty or does not answer.
 */
export async function proveConformance(options: BenchOptions & { print: (line: string) => void; guarantees?: readonly Guarantee[] }): Promise<number> {
  const { url, authToken, print, guarantees = everyGuarantee } = options
  const connection = await connect(url, { authToken, timeoutMs: 10_000 })
  try {
    const found = await namesOf(connection)
    if (found.length > 0) throw new Error(`This database is not empty (it holds ${found.slice(0, 3).map(({ name }) => name).join(', ')}…), and the proof writes into it and empties it. Give the address of a new database.`)
    try {
      return await proveAll(options, guarantees, print)
    } finally {
      await empty(connection)
    }
  } finally {
    await connection.close()
  }
}

async function proveAll(options: BenchOptions, guarantees: readonly Guarantee[], print: (line: string) => void): Promise<number> {
  const bench = await openBench(options)
  let broken = 0
  for (const { name, prove } of guarantees) {
    const beganAt = performance.now()
    const problem = await prove(bench).then(() => null, (error: unknown) => (error instanceof Error ? error.message : String(error)))
    if (problem !== null) broken += 1
    print(problem === null ? `✓ ${name} (${Math.round(performance.now() - beganAt)} ms)` : `✗ ${name}: ${problem.replaceAll('\n', ' ')}`)
  }
  await bench.close()
  print(broken === 0 ? `\nAll ${guarantees.length} guarantees hold.` : `\n${broken} of ${guarantees.length} guarantees do not hold.`)
  return broken
}

/** What was made in a database by its users; servers keep tables of their own beside. */
async function namesOf({ client }: Connection): Promise<{ name: string; type: string }[]> {
  const { rows } = await client.execute(`select name, type from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' and name not like 'libsql\\_%' escape '\\' and name not like '\\_litestream%' escape '\\' order by type = 'table', type`)
  return rows.map(row => ({ name: String(row['name']), type: String(row['type']) }))
}

async function empty(connection: Connection): Promise<void> {
  const found = await namesOf(connection)
  await connection.client.migrate(found.map(({ name, type }) => `drop ${type} "${name}"`))
}

if (import.meta.main) {
  const usage = 'Say which server: npm run conformance -- --url libsql://… [--auth-token …]'
  try {
    const { url, 'auth-token': authToken = process.env['DATABASE_AUTH_TOKEN'] } = readTyped({ url: { type: 'string' }, 'auth-token': { type: 'string' } }, usage)
    if (!url || !/^(libsql|https?):/.test(url)) throw new Error(usage)
    process.exitCode = (await proveConformance({ url, authToken, pass: sleep, print: line => process.stdout.write(`${line}\n`) })) === 0 ? 0 : 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
