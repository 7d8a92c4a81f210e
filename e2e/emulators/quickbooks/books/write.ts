import { cents } from './amounts.ts'
import { automaticCredits } from './autoCredit.ts'
import { checkFields } from './checkFields.ts'
import { applyDeposit, completeDeposit } from './deposit.ts'
import { entities, type Entity, type EntityName, type Operation } from './entities.ts'
import { fields } from './fields.ts'
import { flagAt, isObject, objectAt, objectsAt, textAt, type JsonObject } from './json.ts'
import { completeList, moveBetweenParents, renameChildren } from './lists.ts'
import { applyPayment, completePayment, refuseWhenDeposited, shrinkApplications } from './payment.ts'
import { checkReferences, withNamedReferences } from './references.ts'
import { refuse } from './refusal.ts'
import { completeSale } from './sale.ts'
import { stamp } from './times.ts'
import { voided } from './void.ts'
import { bumped, type Work } from './work.ts'

export type Order = {
  entity: EntityName
  operation: Operation
  /** The object as the request has it, without its wrapper. */
  body: JsonObject
  /** `include=allowduplicatedocnum`. */
  allowDuplicateNumber?: boolean
  /** What the service itself adds to a new row, e.g. where an uploaded file is kept. */
  owned?: JsonObject
  /** Who asks; named in the fault when somebody else was quicker. */
  user: string
}

/**
 * Carries out one write and gives back the object as it is now, or the stub of what was deleted. Throws a Refusal and leaves no
 * trace where QuickBooks would refuse; the caller opens and closes the database's transaction.
 */
export function write(work: Work, order: Order): JsonObject {
  const entity = entities[order.entity]
  if (work.company.status === 'reset') throw refuse.wasReset()
  if (work.company.status === 'lapsed') throw refuse.lapsed()
  if (!entity.operations.includes(order.operation)) throw refuse.unsupported(order.operation)
  checkFields(entity.name, order.body, work.company.country)
  switch (order.operation) {
    case 'create':
      return create(work, entity, order)
    case 'update':
      return update(work, entity, order)
    case 'void':
      return voidIt(work, entity, standingFor(work, entity, order))
    case 'delete':
      return remove(work, entity, standingFor(work, entity, order))
  }
}

function create(work: Work, entity: Entity, order: Order): JsonObject {
  const draft = writable(entity, order.body)
  checkReferences(work, entity.name, draft)
  const time = stamp(work.nowMs)
  const completed = withNamedReferences(entity.name, complete(work, entity, draft, undefined, order))
  refuseClosedPeriod(work, entity, completed)
  const id = newId(work, entity)
  const object: JsonObject = { ...completed, ...order.owned, domain: 'QBO', sparse: false, Id: id, SyncToken: '0', MetaData: { CreateTime: time, LastUpdatedTime: time } }
  const stored = store(work, entity, undefined, object, 'Create')
  if (entity.name !== 'Invoice' && entity.name !== 'CreditMemo') return stored
  for (const body of automaticCredits(work, entity.name, stored)) create(work, entities.Payment, { entity: 'Payment', operation: 'create', body, user: order.user })
  return work.find(entity.name, id) ?? stored
}

function update(work: Work, entity: Entity, order: Order): JsonObject {
  const standing = standingFor(work, entity, order)
  const asked = writable(entity, order.body)
  if (entity.name === 'Payment') checkPaymentUpdate(order.body, standing)
  checkReferences(work, entity.name, asked, standing)
  const draft = draftOf(entity, asked, standing, flagAt(order.body, 'sparse'))
  const completed = { ...owned(entity, standing), ...withNamedReferences(entity.name, complete(work, entity, withoutNulls({ ...draft, Id: standing['Id'] ?? '' }), standing, order)) }
  refuseClosedPeriod(work, entity, standing)
  refuseClosedPeriod(work, entity, completed)
  // An update of a list row that changes nothing leaves SyncToken and time alone (recorded); of a transaction it does not.
  if (entity.kind !== 'transaction' && sameObject(completed, withNamedReferences(entity.name, standing))) return standing
  return store(work, entity, standing, { ...bumped(work, completed), sparse: false }, 'Update')
}

/** A sparse update keeps what it does not name; preferences are named one by one. */
function draftOf(entity: Entity, asked: JsonObject, standing: JsonObject, sparse: boolean): JsonObject {
  if (entity.kind !== 'single') return sparse ? { ...writable(entity, standing), ...asked } : asked
  const merged = Object.entries(asked).map(([name, value]) => [name, isObject(value) ? { ...objectAt(standing, name), ...value } : value])
  return { ...writable(entity, standing), ...Object.fromEntries(merged) }
}

function store(work: Work, entity: Entity, before: JsonObject | undefined, after: JsonObject, operation: 'Create' | 'Update' | 'Void'): JsonObject {
  const id = textAt(after, 'Id') ?? ''
  const fitted = fitApplications(work, entity.name, before, after)
  work.save(entity.name, fitted)
  if (entity.name === 'Payment') applyPayment(work, before, fitted)
  if (entity.name === 'Deposit') applyDeposit(work, before, fitted)
  if (entity.kind === 'list') renameChildren(work, entity, fitted)
  if (entity.name === 'Customer') moveBetweenParents(work, before, fitted)
  work.announce(entity.name, id, operation)
  work.settle()
  return work.find(entity.name, id) ?? fitted
}

/** An invoice that became smaller than what is applied to it gives the rest back to its payments. */
function fitApplications(work: Work, entity: EntityName, before: JsonObject | undefined, after: JsonObject): JsonObject {
  if (!before || entity !== 'Invoice' || (cents(after['Balance']) >= 0 && cents(after['TotalAmt']) !== 0)) return after
  const id = textAt(after, 'Id') ?? ''
  shrinkApplications(work, entity, id, Math.max(0, cents(after['TotalAmt']) - cents(after['Deposit'])))
  const payments = work.rows.linkedTo(work.realm, entity, id).map(each => each.id)
  const LinkedTxn = objectsAt(after, 'LinkedTxn').filter(each => each['TxnType'] !== 'Payment' || payments.includes(textAt(each, 'TxnId') ?? ''))
  return { ...after, LinkedTxn, Balance: 0, ...(after['HomeBalance'] === undefined ? {} : { HomeBalance: 0 }) }
}

function voidIt(work: Work, entity: Entity, standing: JsonObject): JsonObject {
  refuseClosedPeriod(work, entity, standing)
  refuseWhenDeposited(standing)
  return store(work, entity, standing, bumped(work, voided(entity.name, standing)), 'Void')
}

function remove(work: Work, entity: Entity, standing: JsonObject): JsonObject {
  const id = textAt(standing, 'Id') ?? ''
  refuseClosedPeriod(work, entity, standing)
  if (entity.name === 'Payment' || entity.name === 'SalesReceipt') refuseWhenDeposited(standing)
  if (work.rows.linkedTo(work.realm, entity.name, id).some(each => each.entity === 'Payment')) {
    throw refuse.business('You must unlink the payments of this transaction before you can delete it.')
  }
  work.remove(entity.name, standing)
  if (entity.name === 'Payment') applyPayment(work, standing, undefined)
  if (entity.name === 'Deposit') applyDeposit(work, standing, undefined)
  work.announce(entity.name, id, 'Delete')
  work.settle()
  return { domain: 'QBO', status: 'Deleted', Id: id }
}

function complete(work: Work, entity: Entity, draft: JsonObject, standing: JsonObject | undefined, order: Order): JsonObject {
  switch (entity.name) {
    case 'Invoice':
    case 'CreditMemo':
    case 'SalesReceipt':
    case 'RefundReceipt':
      return completeSale(work, entity.name, draft, standing, order.allowDuplicateNumber === true)
    case 'Payment':
      return completePayment(work, draft, standing)
    case 'Deposit':
      return completeDeposit(work, draft, standing)
    case 'Attachable':
      if (standing === undefined && textAt(draft, 'Note') === undefined && textAt(draft, 'FileName') === undefined) throw refuse.missing('FileName')
      return { ...draft, ...(draft['AttachableRef'] === undefined ? {} : { AttachableRef: attachedTo(work, draft) }) }
    case 'CompanyInfo':
    case 'Preferences':
      return draft
    default:
      return completeList(work, entity, draft, standing)
  }
}

/** What a file is attached to must exist; the words are recorded. */
function attachedTo(work: Work, draft: JsonObject): JsonObject[] {
  return objectsAt(draft, 'AttachableRef').map(each => {
    const to = objectAt(each, 'EntityRef')
    const type = textAt(to, 'type') ?? ''
    const id = textAt(to, 'value') ?? ''
    const target = Object.values(entities).find(entity => entity.name.toLowerCase() === type.toLowerCase())
    if (!target || !work.find(target.name, id)) throw refuse.business(`The entity ${type} ${id} that you are trying to link does not exist. ${type} ${id}`)
    return { ...each, EntityRef: { value: id, type: target.name }, IncludeOnSend: flagAt(each, 'IncludeOnSend') }
  })
}

/** The object that an update, void or delete means, after its Id and SyncToken were checked. */
function standingFor(work: Work, entity: Entity, order: Order): JsonObject {
  const id = textAt(order.body, 'Id') ?? (entity.kind === 'single' ? '1' : undefined)
  if (id === undefined) throw refuse.missing('Id')
  if (!/^\d+$/.test(id)) throw refuse.badId(id)
  const standing = work.find(entity.name, id)
  if (!standing) throw refuse.notFound()
  const token = textAt(order.body, 'SyncToken')
  // A recorded delete of an attachment carried no SyncToken.
  if (token === undefined && entity.kind !== 'file') throw refuse.missing('SyncToken')
  if (token !== undefined && token !== standing['SyncToken']) throw refuse.stale(order.user)
  if (order.operation === 'update' && (entity.name === 'Payment' || entity.name === 'SalesReceipt') && changesMoney(order.body)) refuseWhenDeposited(standing)
  return standing
}

function changesMoney(body: JsonObject): boolean {
  return !flagAt(body, 'sparse') || ['TotalAmt', 'Line', 'DepositToAccountRef', 'TxnDate', 'CustomerRef', 'ExchangeRate'].some(key => body[key] !== undefined)
}

/** Seen live: a sparse update that changes the amount of a payment is refused unless the whole payment is sent. */
function checkPaymentUpdate(body: JsonObject, standing: JsonObject): void {
  const changesAmount = body['TotalAmt'] !== undefined && cents(body['TotalAmt']) !== cents(standing['TotalAmt'])
  if (flagAt(body, 'sparse') && changesAmount && body['CustomerRef'] === undefined) throw refuse.missing('CustomerRef')
}

function refuseClosedPeriod(work: Work, entity: Entity, object: JsonObject): void {
  const closed = textAt(objectAt(work.preferences, 'AccountingInfoPrefs'), 'BookCloseDate')
  const day = textAt(object, 'TxnDate')
  if (entity.kind === 'transaction' && closed !== undefined && day !== undefined && day <= closed) throw refuse.closedPeriod(work.company.closingPassword)
}

function newId(work: Work, entity: Entity): string {
  const number = work.rows.nextId(work.realm, entity.ids)
  // Attachments have ids of nineteen digits of their own.
  return entity.kind === 'file' ? `5${String(number).padStart(18, '0')}` : String(number)
}

function writable(entity: Entity, body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields[entity.name][name]?.kind !== 'owned'))
}

function owned(entity: Entity, standing: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(standing).filter(([name]) => fields[entity.name][name]?.kind === 'owned' || name === 'CustomField'))
}

function withoutNulls(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

function sameObject(a: JsonObject, b: JsonObject): boolean {
  const sorted = (value: JsonObject) => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
  return sorted(a) === sorted(b)
}

