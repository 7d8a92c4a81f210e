import { Hono } from 'hono'
import { generateCompany } from '../../company/generate.ts'
import { listen } from '../../emulators/kit/server.ts'
import { announce } from '../child.ts'
import { type Tape, pageOf, recordTape } from '../tape.ts'

/**
 * QuickBooks' answers to a first load, told from memory: one generated company, repeated under other ids until it has as many invoices
 * as asked for. The emulator's own time would hide ours.
 */
const [wanted = '', each = ''] = process.argv.slice(2)
const copies = Number(wanted) / Number(each)
const tapes = new Map<string, Tape>()
for (const { entity, objects } of generateCompany({ seed: 1, invoices: Number(each), asOf: '2026-11-20' })) tapes.set(entity, recordTape(objects, tapes.get(entity)))

const app = new Hono()
app.on(['GET', 'POST'], '/v3/company/:realm/query', async c => {
  const query = c.req.query('query') ?? (await c.req.text())
  return c.body(answerTo(query), 200, { 'content-type': 'application/json' })
})
app.get('/v3/company/:realm/cdc', c => c.json({ CDCResponse: [{ QueryResponse: [] }], time: new Date().toISOString() }))
const { url } = await listen(app)
announce({ url })

/** Everything is dated after the day from which it is read, so a question for what is older finds nothing. */
function answerTo(query: string): string {
  const [, what, entity = ''] = /^select (count\(\*\)|\*) from (\w+)/.exec(query) ?? []
  const tape = tapes.get(entity)
  const repeated = ['Customer', 'Invoice', 'CreditMemo', 'Payment'].includes(entity)
  const total = /TxnDate < /.test(query) || !tape ? 0 : tape.objects.length * (repeated ? copies : 1)
  if (what !== '*') return `{"QueryResponse":{"totalCount":${total}},"time":"2026-11-20T10:00:00-08:00"}`
  const start = Number(/startposition (\d+)/.exec(query)?.[1] ?? 1)
  const most = Number(/maxresults (\d+)/.exec(query)?.[1] ?? 100)
  const objects = tape && total > 0 ? pageOf(tape, start - 1, Math.min(total, start - 1 + most)) : []
  return `{"QueryResponse":{${objects.length > 0 ? `"${entity}":[${objects.join(',')}],` : ''}"startPosition":${start},"maxResults":${objects.length}},"time":"2026-11-20T10:00:00-08:00"}`
}
