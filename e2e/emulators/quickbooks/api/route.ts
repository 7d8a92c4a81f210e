import { batch } from './batch.ts'
import { changes } from './cdc.ts'
import { download, upload } from './files.ts'
import { pdf } from './pdf.ts'
import { ok, read, timeOf, wrote, type AccountingParts, type Answer, type Call } from './parts.ts'
import { entityOfPath, type Entity } from '../books/entities.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { runQuery } from './query/run.ts'
import { stamp } from '../books/times.ts'
import { shown, shownAlone } from './shown.ts'
import { bodyOf, carryOut, remembered } from './writes.ts'

/** Finds who answers a call to `/v3/company/<realm>/…`. Throws a Refusal. */
export async function route(parts: AccountingParts, call: Call): Promise<Answer> {
  const [first = '', second, third] = call.path
  const method = call.c.req.method
  const depth = call.path.length
  if (first === 'query' && depth === 1 && (method === 'GET' || method === 'POST')) return query(parts, call)
  if (first === 'cdc' && depth === 1 && method === 'GET') return changes(parts, call)
  if (first === 'batch' && depth === 1 && method === 'POST') return batch(parts, call)
  if (first === 'upload' && depth === 1 && method === 'POST') return upload(parts, call)
  if (first === 'download' && depth === 2 && method === 'GET') return download(parts, call, second ?? '')
  const entity = entityOfPath(first)
  if (entity) {
    if (depth === 1 && method === 'POST') return write(parts, call, entity)
    if (depth === 1 && method === 'GET' && entity.name === 'Preferences') return one(parts, call, entity, '1')
    if (depth === 2 && method === 'GET') return one(parts, call, entity, second ?? '')
    if (depth === 3 && method === 'GET' && third === 'pdf' && entity.printable) return pdf(parts, call, entity, second ?? '')
    if (depth === 3 && method === 'POST' && third === 'send' && entity.printable) return send(parts, call, entity, second ?? '')
  }
  throw noResource(call)
}

function one(parts: AccountingParts, call: Call, entity: Entity, id: string): Answer {
  if (entity.name === 'CompanyInfo' && id !== call.realmId && id !== '1') throw refuse.notFound()
  if (!/^\d+$/.test(id) && !(entity.name === 'TaxCode' && /^[A-Z]+$/i.test(id))) throw refuse.badId(id)
  const object = parts.books.read(call.realmId, entity.name, entity.kind === 'single' ? '1' : id)
  if (!object) throw refuse.notFound()
  return ok({ [entity.name]: shownAlone(parts, call, entity, object), time: timeOf(parts) }, read(`read ${entity.name}`))
}

async function write(parts: AccountingParts, call: Call, entity: Entity): Promise<Answer> {
  const done = remembered(parts, call)
  if (done) return done
  const asked = carryOut(parts, call, entity, { body: await bodyOf(call), query: call.query })
  const body = { [entity.name]: asked.object['status'] === 'Deleted' ? asked.object : shownAlone(parts, call, entity, asked.object), time: timeOf(parts) }
  if (call.query['requestid'] !== undefined) parts.books.remember(call.realmId, call.query['requestid'], body)
  return ok(body, wrote(`${asked.operation} ${entity.name}`))
}

async function query(parts: AccountingParts, call: Call): Promise<Answer> {
  const text = call.c.req.method === 'POST' ? (await call.c.req.text()).trim() || (call.query['query'] ?? '') : (call.query['query'] ?? '')
  const answer = runQuery(parts.books, call.realmId, text)
  const rows = answer.QueryResponse[answer.entity]
  const list = Array.isArray(rows) ? { [answer.entity]: rows.map(row => shown(parts, call, { name: answer.entity }, row as never)) } : {}
  return ok({ QueryResponse: { ...answer.QueryResponse, ...list }, time: timeOf(parts) }, read(`${answer.counts ? 'count' : 'query'} ${answer.entity}`))
}

function send(parts: AccountingParts, call: Call, entity: Entity, id: string): Answer {
  if (!/^\d+$/.test(id)) throw refuse.badId(id)
  if (parts.books.sentOn(call.realmId, stamp(parts.clock.now()).slice(0, 10)) >= parts.throttle.limits.emailsPerDay) {
    throw new Refusal({ code: '3001', message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429', detail: 'The request limit was reached.  Try again later', status: 429, type: 'SERVICE' })
  }
  const sent = parts.books.send(call.realmId, entity.name, id, call.query['sendTo'])
  return ok({ [entity.name]: shownAlone(parts, call, entity, sent), time: timeOf(parts) }, wrote(`send ${entity.name}`))
}

/** Intuit names the path it has no resource for, twice (recorded). */
function noResource(call: Call): Refusal {
  const url = new URL(call.c.req.url)
  return refuse.unsupported(`Could not find resource for relative : ${url.pathname} of full path: ${url.origin}${url.pathname}`)
}
