import { isObject, objectsAt, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { loadBase, loadPresupposed } from './base.ts'
import { realm, startBench, type Answered, type Bench } from './bench.ts'
import { compareJson, type Difference } from './compare.ts'
import type { Exchange, Recordings } from './folder.ts'

/** Recorded exchanges about what the emulator is not meant to have. */
export const outOfScope: Readonly<Record<string, string>> = {
  'reports__gl.json': 'reports are not emulated: the product reads no report',
  'reports__profit_and_loss.json': 'reports are not emulated: the product reads no report',
  'cdc__basic.json': 'estimates are not emulated, and the recorded look-back of nine years is beyond the 30 days that the reference allows',
}

/** Sends every recorded request to an emulator that holds what the recording presupposes, and compares the answers. */
export async function replayExchanges(recordings: Recordings, tell: (line: string) => void): Promise<Difference[]> {
  const differences: Difference[] = []
  let sent = 0
  for (const file of recordings.files('vcr-qbo_api')) {
    const reason = outOfScope[file]
    if (reason !== undefined) {
      tell(`  out of scope: ${file}: ${reason}`)
      continue
    }
    const exchanges = recordings.exchanges(file)
    const bench = await startBench(Date.parse(exchanges[0]?.recordedAt ?? ''))
    loadBase(bench, recordings, exchanges)
    loadPresupposed(bench, exchanges)
    prepare(bench, recordings, file)
    for (const exchange of exchanges) differences.push(...(await replayed(bench, file.replace('.json', ''), exchange)))
    sent += exchanges.length
    await bench.close()
  }
  tell(`  ${sent} requests sent`)
  return differences
}

/** What a file presupposes beyond the base and its own reads. */
function prepare(bench: Bench, recordings: Recordings, file: string): void {
  if (file.startsWith('attachment__create')) bench.books.load(realm, 'Invoice', [{ Id: '75', SyncToken: '0', TotalAmt: 0, Balance: 0, CustomerRef: { value: '1' } }])
  if (file === 'attachment__delete_attachment.json') loadPresupposed(bench, recordings.exchanges('attachment__read_attachment.json'))
  if (file === 'error__401.json') bench.emulator.clock.advance(2 * 3_600_000)
  if (file === 'get_pdf__invoice.json') bench.books.load(realm, 'Invoice', [{ Id: '130', SyncToken: '0', TotalAmt: 10, Balance: 10, DocNumber: '1037', Line: [] }])
}

async function replayed(bench: Bench, name: string, { request, response }: Exchange): Promise<Difference[]> {
  const path = request.path.replace(/^\/v3(\/company\/-COMPANY_ID-)?/, '')
  const query = new URLSearchParams(request.query).toString()
  const body = typeof request.body === 'string' ? request.body : isObject(request.body) ? request.body : null
  const answer = await bench.call(request.method, `${path}${query === '' ? '' : `?${query}`}`, body, request.contentType ?? undefined)
  const differences: Difference[] = []
  const say = (what: string, recorded: string, answered: string) => {
    if (recorded !== answered) differences.push({ at: `${name}: ${what}`, recorded, answered })
  }
  say('status', String(response.status), String(answer.status))
  say('content type', response.headers['Content-Type'] ?? 'none', answer.headers.get('content-type') ?? 'none')
  if (response.headers['Intuit-Tid'] !== undefined) say('intuit_tid', 'present', answer.headers.has('intuit_tid') ? 'present' : 'absent')
  if (response.headers['Www-Authenticate'] !== undefined) say('www-authenticate', response.headers['Www-Authenticate'], answer.headers.get('www-authenticate') ?? 'none')
  if (response.bodyText !== undefined) say('body', response.bodyText.slice(0, 5), answer.text.slice(0, 5))
  if (response.body) differences.push(...compareBody(name, request, response.body, answer))
  return differences
}

/** Row ids and numbers that the recording company had reached, and times, are only compared by kind. */
function compareBody(name: string, request: Exchange['request'], recorded: JsonObject, answer: Answered): Difference[] {
  const writes = request.method === 'POST'
  const creates = writes && !JSON.stringify(request.body).includes('"Id"')
  const isVolatile = (path: string) =>
    /(^|\.)time$/.test(path) || path.endsWith('TempDownloadUri') || (writes && /MetaData\.(CreateTime|LastUpdatedTime)$/.test(path)) || (creates && /^[A-Za-z]+\.(Id|DocNumber)$/.test(path)) || /Attachable\.Id$|Vendor\.Id$/.test(path)
  return compareJson(name, worded(recorded), worded(answer.body), isVolatile)
}

/** Words of a fault that name the caller, the token or the server's own address are not the emulator's to repeat. */
export function worded(body: Json): Json {
  const text = JSON.stringify(body)
    .replaceAll(realm, '-COMPANY_ID-')
    .replace(/You and .{1,60}? were working on this at the same time\. .{1,60}? finished/g, 'You and X were working on this at the same time. X finished')
    .replace(/Token expired: [^"]*/g, 'Token expired: X')
    .replace(/of full path: .*? is not supported/g, 'of full path: X is not supported')
    .replace(/(not marked as ignorable \()\d+ known properties: .*?\]\)/g, '$1properties])')
    .replace(/download\/\d+/g, 'download/N')
  return JSON.parse(text) as Json
}

/** The Fault of an answer, wherever it stands. */
export function faultIn(body: Json): { type: string; error: JsonObject } | undefined {
  if (Array.isArray(body)) return body.map(faultIn).find(fault => fault !== undefined)
  if (!isObject(body)) return undefined
  const fault = isObject(body['Fault']) ? body['Fault'] : isObject(body['fault']) ? body['fault'] : undefined
  if (fault) return { type: String(fault['type']), error: objectsAt(fault, 'Error')[0] ?? objectsAt(fault, 'error')[0] ?? {} }
  return Object.values(body).map(faultIn).find(each => each !== undefined)
}
