import { createRequire } from 'node:module'
import { connect } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'

/** A process that brings the file at `path` up to date and is killed before the statement after the `most`th; where it lives, it says how many there were. */
type Sqlite = { prototype: { prepare(sql: string): unknown } }
const [path = '', most = ''] = process.argv.slice(2)
const { client, close } = await connect(`file:${path}`, { timeoutMs: 10_000 })

// The engine under the client, whose every statement passes here.
const { prototype } = createRequire(new URL('../../db/client.ts', import.meta.url))('libsql') as Sqlite
const { prepare } = prototype
let count = 0
prototype.prepare = function (sql) {
  if (count === Number(most)) process.kill(process.pid, 'SIGKILL')
  count += 1
  return prepare.call(this, sql)
}

await migrate(client)
process.stdout.write(String(count))
await close()
