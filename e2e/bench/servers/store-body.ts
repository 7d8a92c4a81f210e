import { Hono } from 'hono'
import { listen } from '../../emulators/kit/server.ts'
import { announce } from '../child.ts'
import { bareDatabase } from '../prepared.ts'

/** A server that stores each body in one batch and says yes: the least that any webhook has to do. */
const { commit, drop } = await bareDatabase()
let next = 0
const app = new Hono().post('*', async c => {
  const body = await c.req.text()
  await commit([{ sql: `insert into inbox (source, owner, event_id, body, state, received_at) values ('quickbooks', '', ?, ?, 'received', ?) on conflict do nothing`, args: [String(++next), body, Date.now()] }])
  return c.body(null, 200)
})
const { url, close } = await listen(app)
process.once('SIGTERM', () => void close().then(drop).then(() => process.exit(0)))
announce({ url })
