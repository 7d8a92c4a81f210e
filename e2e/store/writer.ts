import { writeSync } from 'node:fs'
import { connect } from '../../db/client.ts'
import { write } from '../../db/sql.ts'

/**
 * A process that writes through the product's own door until it is killed, eight batches at a time, and says each
 * batch's name on its output once it was told that it is written. Every third batch breaks a rule and must leave nothing, and some are
 * large enough for their commit to wait on another thread.
 */
const [path = '', life = ''] = process.argv.slice(2)
const { client, commit } = await connect(`file:${path}`, { timeoutMs: 10_000 }).catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? error.message : String(error))
  return process.exit(1)
})
await client.execute('create table if not exists halves (batch text not null, half integer not null check (half in (1, 2)), memo text, primary key (batch, half)) without rowid')
let count = 0
await Promise.all(Array.from({ length: 8 }, writeForever))

async function writeForever(): Promise<never> {
  for (;;) {
    const batch = `${life}-${count++}`
    const isBroken = count % 3 === 0
    const memo = 'm'.repeat(count % 200 < 2 ? 40_000 : count % 400)
    const insert = (half: number) => write('insert into halves values (?, ?, ?)', batch, half, memo)
    const outcome = await commit(isBroken ? [insert(1), insert(3)] : [insert(1), insert(2)])
    if (isBroken === (outcome.kind === 'committed')) throw new Error(`${batch} was ${outcome.kind}`)
    if (!isBroken) writeSync(1, `${batch}\n`)
  }
}
