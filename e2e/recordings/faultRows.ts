import { isObject, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { loadBase, loadPresupposed } from './base.ts'
import { realm, startBench, type Answered, type Bench } from './bench.ts'
import { compareJson, type Difference } from './compare.ts'
import type { Recordings } from './folder.ts'
import { faultIn, worded } from './replay.ts'

const stale = (entity: string, body: JsonObject) => (bench: Bench) => bench.call('POST', `/${entity}`, { SyncToken: '99', ...body })
const line: JsonObject = { Amount: 10, SalesItemLineDetail: { ItemRef: { value: '1' } } }

/** How each recorded fault comes about, by code and, where one code has several causes, by file. */
const causes: Readonly<Record<string, (bench: Bench) => Promise<Answered>>> = {
  'exquickbooks/item__read_item_error.json 610': bench => bench.call('GET', '/item/99999', null),
  'exquickbooks/preferences__update_preferences_error.json 5010': stale('preferences', { Id: '1', sparse: true }),
  'exquickbooks/item__create_item_error.json 2020': bench => bench.call('POST', '/item', { Type: 'Service', IncomeAccountRef: { value: '1' } }),
  'exquickbooks/item__update_item_error.json 5010': stale('item', { Id: '4', sparse: true, Name: 'Design' }),
  'exquickbooks/sales_receipt__create_sales_receipt_error.json 2020': bench => bench.call('POST', '/salesreceipt', { Line: [line] }),
  'exquickbooks/api__query_error.json 4000': bench => bench.call('GET', `/query?query=${encodeURIComponent('SELECT * FROM null')}`, null),
  'exquickbooks/sales_receipt__void_sales_receipt_error.json 5010': bench => bench.call('POST', '/salesreceipt?operation=update&include=void', { Id: '17', SyncToken: '99', sparse: true }),
  'intuit-reference-samples/batch.json 6240': batched({ operation: 'create', Vendor: { DisplayName: 'Weiskopf Consulting' } }),
  'intuit-reference-samples/batch.json 610': batched({ operation: 'delete', Invoice: { Id: '129', SyncToken: '0' } }),
  'intuit-reference-samples/batch.json 5010': batched({ operation: 'update', SalesReceipt: { Id: '11', SyncToken: '99', sparse: true, PrivateNote: 'A note' } }),
  'vcr-qbo_api/error__validation.json 6240': bench => bench.call('POST', '/customer', { DisplayName: 'Weiskopf Consulting' }),
  'vcr-qbo_api/batch__basic.json 610': batched({ operation: 'delete', Invoice: { Id: '129', SyncToken: '0' } }),
  'vcr-qbo_api/batch__basic.json 5010': batched({ operation: 'update', SalesReceipt: { Id: '11', SyncToken: '99', sparse: true, PrivateNote: 'A note' } }),
  'vcr-qbo_api/error__400.json 4001': bench => bench.call('GET', `/query?query=${encodeURIComponent('SELECT * FROM Custmoer')}`, null),
  'vcr-qbo_api/error__401.json 3200': async bench => {
    bench.emulator.clock.advance(2 * 3_600_000)
    return bench.call('GET', '/customer/1', null)
  },
  'vcr-qbo_api/attachment__error_estimate.json 6000': bench => {
    const form = ['--form-boundary-of-this-upload', 'Content-Disposition: form-data; name="file_metadata_01"; filename="a.json"', 'Content-Type: application/json', '', '{"AttachableRef":[{"EntityRef":{"type":"Estimate","value":"75"}}],"FileName":"a.xml"}', '--form-boundary-of-this-upload', 'Content-Disposition: form-data; name="file_content_01"; filename="a.xml"', 'Content-Type: text/xml', '', '<a/>', '--form-boundary-of-this-upload--', '']
    return bench.call('POST', '/upload', form.join('\r\n'), 'multipart/form-data; boundary=form-boundary-of-this-upload')
  },
  'vcr-qbo_api/error__500.json 500': bench => bench.call('GET', '/customer/1/5', null),
  'vcr-qbo_api/error__500.json 2030': bench => bench.call('GET', '/customer/1.5', null),
  'vcr-qbo_api/error__400_json.json 2010': bench => bench.call('POST', '/invoice', { BadJson: true }),
}

function batched(item: JsonObject): (bench: Bench) => Promise<Answered> {
  return bench => bench.call('POST', '/batch', { BatchItemRequest: [{ bId: 'bid1', ...item }] })
}

/** Makes the emulator fail in every way that was recorded, and compares type, code, words, status and shape. */
export async function compareFaults(recordings: Recordings): Promise<Difference[]> {
  const differences: Difference[] = []
  const bench = await startBench(Date.parse('2020-09-29T13:00:00Z'))
  loadBase(bench, recordings)
  loadPresupposed(bench, recordings.exchanges('update__sales_receipt.json'))
  bench.books.load(realm, 'Item', [{ Id: '4', SyncToken: '0', Name: 'Design', FullyQualifiedName: 'Design', Active: true, Type: 'Service', IncomeAccountRef: { value: '82', name: 'Design income' } }])
  const rows = recordings.list('fault-index.json')
  // The expired token comes last: nothing works after it.
  for (const row of [...rows].sort((a, b) => Number(a['code'] === '3200') - Number(b['code'] === '3200'))) {
    const key = `${String(row['file'])} ${String(row['code'])}`
    const cause = causes[key]
    const answer = cause && (await cause(bench))
    if (answer) differences.push(...compareFault(`fault ${key}`, row, answer))
    else differences.push({ at: `fault ${key}: not provoked`, recorded: key, answered: 'nothing' })
  }
  await bench.close()
  return differences
}

function compareFault(where: string, row: JsonObject, answer: Answered): Difference[] {
  const fault = faultIn(answer.body)
  const error = fault?.error ?? {}
  const told = {
    type: fault?.type ?? null, code: error['code'] ?? null, message: error['Message'] ?? error['message'] ?? null,
    detail: cut(error['Detail'] ?? error['detail']), element: error['element'] ?? null, httpStatus: row['httpStatus'] === null ? null : answer.status,
  }
  const recorded = { type: row['type'] ?? null, code: row['code'] ?? null, message: row['message'] ?? null, detail: cut(row['detail']), element: row['element'] ?? null, httpStatus: row['httpStatus'] ?? null }
  return compareJson(where, worded(recorded), worded(told), () => false)
}

/** The index holds the beginning of a long detail only; Intuit's own list of properties is not the emulator's. */
function cut(detail: unknown): string {
  const text = typeof detail === 'string' ? detail : isObject(detail) ? JSON.stringify(detail) : ''
  return text.replace(/\(\d+ known properties.*$/s, '(properties')
}
