import type { Accounting, PageQuery, QboChange, QboEntity, QboObject } from '../ports.ts'
import { fromJson, fromPdf, fromQuery, isObject, isRecord, objectsAt, recordAt } from './answer.ts'
import { writeJson } from './decimal.ts'
import { fromPage } from './page.ts'
import { createRequester, type QboRequest, type RequestOptions } from './request.ts'

/** Intuit keeps no longer key than this ("requestid" is at most 50 characters). */
const requestIdMax = 50
/** A longer query is sent as a body, because addresses have limits of their own. */
const addressQueryMax = 1500
const changesMax = 1000
const pageMax = 1000

/** QuickBooks' Accounting API v3 as our port. Every answer is a value; nothing is thrown for what QuickBooks says. */
export function createAccounting(options: RequestOptions): Accounting {
  const request = createRequester(options)
  const ask = <T>(at: QboRequest['at'], query: string, read: (response: Record<string, unknown>) => T | null) => request(queryRequest(at, query), fromQuery(read))
  const pageAs: Accounting['pageAs'] = (at, query, make) => request(queryRequest(at, pageText(query)), fromPage(query.entity, make))
  return {
    read: (at, entity, id) =>
      request({ at, method: 'GET', path: pathOf(entity, entity === 'CompanyInfo' ? at.realmId : id), isWrite: false }, fromJson(body => objectAt(body, entity))),
    page: (at, query) => pageAs(at, query, object => object),
    pageAs,
    count: (at, entity, where) => ask(at, `select count(*) from ${entity}${where ? ` where ${where}` : ''}`, response => wholeNumber(response['totalCount'])),
    changes: (at, entities, since) =>
      request({ at, method: 'GET', path: 'cdc', query: { entities: entities.join(','), changedSince: since }, isWrite: false }, fromJson(body => changesOf(body, entities))),
    write: (at, write) => {
      if (write.requestId.length > requestIdMax) throw new RangeError(`a request id is at most ${requestIdMax} characters, not ${write.requestId.length}`)
      const query = { requestid: write.requestId, ...operationOf(write.entity, write.operation) }
      const body = { text: writeJson(write.body, at.latin1 ?? false), contentType: 'application/json' }
      return request({ at, method: 'POST', path: write.entity.toLowerCase(), query, body, isWrite: true }, fromJson(answered => objectAt(answered, write.entity)))
    },
    pdf: (at, entity, id) =>
      request({ at, method: 'GET', path: `${pathOf(entity, id)}/pdf`, accept: 'application/pdf', isWrite: false }, fromPdf),
  }
}

function pageText({ entity, where, orderBy, start, max }: PageQuery): string {
  return [`select * from ${entity}`, ...(where ? [`where ${where}`] : []), ...(orderBy ? [`orderby ${orderBy}`] : []), `startposition ${start}`, `maxresults ${Math.min(max, pageMax)}`].join(' ')
}

function pathOf(entity: QboEntity, id: string): string {
  const path = entity.toLowerCase()
  return entity === 'Preferences' ? path : `${path}/${encodeURIComponent(id)}`
}

function queryRequest(at: QboRequest['at'], query: string): QboRequest {
  return query.length > addressQueryMax
    ? { at, method: 'POST', path: 'query', body: { text: query, contentType: 'application/text' }, isWrite: false }
    : { at, method: 'GET', path: 'query', query: { query }, isWrite: false }
}

/** Payments and sales receipts are voided by an update that includes it, invoices by an operation of their own. */
function operationOf(entity: QboEntity, operation: 'void' | 'delete' | 'update' | undefined): Record<string, string> {
  switch (operation) {
    case undefined:
    case 'update':
      return {}
    case 'delete':
      return { operation: 'delete' }
    case 'void':
      return entity === 'Invoice' ? { operation: 'void' } : { operation: 'update', include: 'void' }
  }
}

/** The blocks come in any order and an entity without changes may be absent, so each is found by its name. */
function changesOf(body: unknown, entities: readonly QboEntity[]): { changes: QboChange[]; serverTime: string } | null {
  if (!isRecord(body) || typeof body['time'] !== 'string' || !Array.isArray(body['CDCResponse'])) return null
  const responses = (body['CDCResponse'] as unknown[]).flatMap(part => (isRecord(part) && Array.isArray(part['QueryResponse']) ? (part['QueryResponse'] as unknown[]) : []))
  const found = entities.map(entity => {
    const all = responses.flatMap(response => (isRecord(response) ? (objectsAt(response, entity) ?? []) : []))
    return { entity, all }
  })
  // Intuit does not say whether the limit of 1000 is per entity or per answer, so either counts as an overflow.
  const total = found.reduce((sum, { all }) => sum + all.length, 0)
  const changes = found.map(({ entity, all }) => ({
    entity,
    objects: all.filter(object => object['status'] !== 'Deleted'),
    deleted: all.filter(object => object['status'] === 'Deleted').map(stub => ({ id: stub.Id, at: updatedAt(stub) })),
    overflow: all.length >= changesMax || (total >= changesMax && all.length > 0),
  }))
  return { changes, serverTime: body['time'] }
}

function updatedAt(stub: QboObject): string | null {
  const time = recordAt(stub, 'MetaData')?.['LastUpdatedTime']
  return typeof time === 'string' ? time : null
}

function objectAt(body: unknown, entity: QboEntity): QboObject | null {
  const object = isRecord(body) ? body[entity] : undefined
  return isObject(object) ? object : null
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null
}
