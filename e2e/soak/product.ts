import { openSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { databasePath } from '../../db/client.ts'
import type { Client } from '../../db/embedded.ts'
import { readConfig } from '../../api/config.ts'
import { startApi } from '../../api/main.ts'

/** What its parent tells it: how far its clock is ahead, and whether to come to rest and be looked at. */
export type Told = { offsetMs: number; look?: true }
/** What one look at the process found. Bytes, seconds, counts. */
export type Look = { rss: number; heap: number; files: number; sockets: number; wal: number; database: number; lagP99: number; streams: number; blocked: number; waiting: number; lateS: number }

type Statement = Parameters<Client['execute']>[0]

/** Bugs that can be planted, so that the soak is seen to catch them. */
const plant = process.env['SOAK_PLANT'] ?? ''
const leaked: unknown[] = []
let offsetMs = 0

const config = readConfig()
const path = databasePath(config.database.url) ?? ''
let file = null as Client | null
const api = await startApi(config, {
  clock: { now: () => Date.now() + offsetMs, offsetMs: () => offsetMs }, quickBooksPerSecondMax: 1_000,
  around: client => clockInRow((file = client)),
})
// The cache would fill for as long as the database grows, up to its bound of 8 MB, and hide what else grows.
await file?.execute('pragma cache_size = -1000')
process.on('message', (told: Told) => {
  offsetMs = told.offsetMs
  void file?.execute({ sql: 'update moved_clock set ms = ?', args: [offsetMs] })
  api.worker.poke()
  if (told.look) void look().then(found => process.send?.(found))
})
process.once('SIGTERM', () => void api.stop().then(() => process.exit(0)))
process.send?.('ready')

/**
 * A database that keeps in a row how far the clock was moved. In the text, each move would make new statements of all that ask for the time,
 * and each would stay compiled, which a product whose clock nobody moves never sees.
 */
function clockInRow(client: Client): Client {
  void client.execute('create table moved_clock as select 0 ms')
  const kept = (statement: Statement): Statement => (typeof statement === 'string' ? inRow(statement) : { ...statement, sql: inRow(statement.sql) })
  return { ...client, execute: statement => client.execute(kept(statement)), batch: (statements, mode) => client.batch(statements.map(kept), mode) }
}

function inRow(sql: string): string {
  return sql.replaceAll(/ as integer\) \+ \d+\)/g, ' as integer) + (select ms from moved_clock))')
}

/** Waits until nothing is due, and measures what the process holds after its rubbish is gone. */
async function look(): Promise<Look> {
  const { outbox } = api.context.store.control
  const before = await outbox.backlog()
  const lateS = before.oldestDueAt === null ? 0 : Math.max(0, api.context.clock.now() - before.oldestDueAt) / 1000
  await api.worker.idle()
  if (plant === 'memory') leaked.push(Buffer.alloc(1_000_000, 1))
  if (plant === 'handles') leaked.push(openSync('/dev/null', 'r'))
  const { blocked, waiting } = await outbox.backlog()
  const { p99 } = api.context.metrics.loopDelay()
  globalThis.gc?.()
  globalThis.gc?.()
  // What collecting cost is no delay of the product's, and is noticed only at the loop's next turns.
  await wait(50)
  api.context.metrics.loopDelay()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss, heap: heapUsed, ...openHandles(), wal: bytesOf(`${path}-wal`), database: bytesOf(path), lagP99: p99, streams: api.context.hub.listening(), blocked, waiting, lateS }
}

/** Sockets come and go with who is connected; files must not. */
function openHandles(): { files: number; sockets: number } {
  const stats = readdirSync('/proc/self/fd').flatMap(fd => statSync(`/proc/self/fd/${fd}`, { throwIfNoEntry: false }) ?? [])
  const sockets = stats.filter(each => each.isSocket()).length
  return { files: stats.length - sockets, sockets }
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
