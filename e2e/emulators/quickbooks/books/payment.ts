import { amount, cents, converted, type Cents } from './amounts.ts'
import { linksOf } from './columns.ts'
import type { EntityName } from './entities.ts'
import { objectAt, objectsAt, refAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { currencyOf } from './sale.ts'
import { bumped, isDeposited, undepositedFunds, type Work } from './work.ts'

/** Completes a payment before it is saved: its lines within what is open, and what stays unapplied. */
export function completePayment(work: Work, draft: JsonObject, standing: JsonObject | undefined): JsonObject {
  const customer = work.find('Customer', refAt(draft, 'CustomerRef'))
  if (!customer) throw refuse.missing('CustomerRef')
  if (draft['TotalAmt'] === undefined) throw refuse.missing('TotalAmt')
  const total = cents(draft['TotalAmt'])
  if (total < 0) throw refuse.business('The amount of a payment cannot be negative.')
  const asked = linesWithinBalance(work, draft, customer, standing)
  const lines = standing ? asked : autoApplied(work, draft, customer, asked)
  const unapplied = unappliedOf(total, lines)
  if (unapplied < 0) throw refuse.business('You cannot apply more than the amount of the payment and of the credits.')
  const deposit = refAt(draft, 'DepositToAccountRef') ?? (total === 0 ? undefined : undepositedFunds(work))
  if (deposit !== undefined) checkDepositAccount(work, deposit)
  const { DepositToAccountRef: _account, ...rest } = draft
  return {
    ...rest,
    ...currencyOf(work, draft, customer),
    TxnDate: textAt(draft, 'TxnDate')?.slice(0, 10) ?? work.today(),
    ...(deposit === undefined ? {} : { DepositToAccountRef: { value: deposit } }),
    TotalAmt: amount(total),
    UnappliedAmt: amount(unapplied),
    ProcessPayment: draft['ProcessPayment'] ?? false,
    ...(standing?.['LinkedTxn'] === undefined ? {} : { LinkedTxn: standing['LinkedTxn'] }),
    Line: lines,
  }
}

/** Applying a payment lowers the balance of what it pays, and raises that object's SyncToken. `after` is undefined when the payment goes. */
export function applyPayment(work: Work, before: JsonObject | undefined, after: JsonObject | undefined): void {
  const was = new Map(linksOf(before ?? {}).map(link => [`${link.entity} ${link.id}`, link]))
  const is = new Map(linksOf(after ?? {}).map(link => [`${link.entity} ${link.id}`, link]))
  const paymentId = textAt(after ?? before ?? {}, 'Id') ?? ''
  for (const [key, link] of new Map([...was, ...is])) {
    const delta = (is.get(key)?.amount ?? 0) - (was.get(key)?.amount ?? 0)
    if (delta !== 0 || is.has(key) !== was.has(key)) applyTo(work, link, delta, { paymentId, linked: is.has(key) })
  }
}

/** Takes from the payments of an invoice or credit memo what no longer fits into it; the payments keep it unapplied. */
export function shrinkApplications(work: Work, entity: EntityName, id: string, keep: Cents): void {
  let room = keep
  for (const from of work.rows.linkedTo(work.realm, entity, id)) {
    const payment = from.entity === 'Payment' ? work.find('Payment', from.id) : undefined
    if (!payment) continue
    const lines = objectsAt(payment, 'Line').map(line => {
      if (!pointsTo(line, entity, id)) return line
      const kept = Math.min(cents(line['Amount']), Math.max(0, room))
      room -= kept
      return { ...line, Amount: amount(kept) }
    })
    const fitted = freeCredits(payment, lines).filter(line => cents(line['Amount']) !== 0)
    if (JSON.stringify(fitted) === JSON.stringify(objectsAt(payment, 'Line'))) continue
    const changed = bumped(work, { ...payment, Line: fitted, UnappliedAmt: amount(unappliedOf(cents(payment['TotalAmt']), fitted)) })
    work.save('Payment', changed)
    work.announce('Payment', from.id, 'Update')
    // The object itself is in its caller's hand; only the other ends of the payment are moved here.
    applyPayment(work, withoutTarget(payment, entity, id), withoutTarget(changed, entity, id))
  }
}

/** A payment without money only carries credits to invoices: what an invoice gives back, the credits get back. */
function freeCredits(payment: JsonObject, lines: JsonObject[]): JsonObject[] {
  if (cents(payment['TotalAmt']) !== 0) return lines
  let free = unappliedOf(0, lines)
  return lines.map(line => {
    if (!isCredit(line) || free <= 0) return line
    const given = Math.min(free, cents(line['Amount']))
    free -= given
    return { ...line, Amount: amount(cents(line['Amount']) - given) }
  })
}

export function refuseWhenDeposited(payment: JsonObject): void {
  if (isDeposited(payment)) throw refuse.deposited()
}

function applyTo(work: Work, link: { entity: string; id: string }, delta: Cents, by: { paymentId: string; linked: boolean }): void {
  if (link.entity !== 'Invoice' && link.entity !== 'CreditMemo') return
  const target = work.find(link.entity, link.id)
  if (!target) return
  const others = objectsAt(target, 'LinkedTxn').filter(each => each['TxnType'] !== 'Payment' || each['TxnId'] !== by.paymentId)
  const LinkedTxn = by.linked ? [...others, { TxnId: by.paymentId, TxnType: 'Payment' }] : others
  const balance = cents(target[link.entity === 'Invoice' ? 'Balance' : 'RemainingCredit']) - delta
  const fresh: JsonObject = { ...target, LinkedTxn, Balance: amount(balance) }
  if (link.entity === 'CreditMemo') fresh['RemainingCredit'] = amount(balance)
  if (fresh['HomeBalance'] !== undefined) fresh['HomeBalance'] = amount(converted(balance, target['ExchangeRate']))
  work.save(link.entity, bumped(work, fresh))
  work.announce(link.entity, link.id, 'Update')
}

function linesWithinBalance(work: Work, draft: JsonObject, customer: JsonObject, standing: JsonObject | undefined): JsonObject[] {
  const before = new Map(linksOf(standing ?? {}).map(link => [`${link.entity} ${link.id}`, link.amount]))
  const taken = new Map<string, Cents>()
  const lines: JsonObject[] = []
  for (const line of objectsAt(draft, 'Line')) {
    const linked = objectsAt(line, 'LinkedTxn')
    if (line['Amount'] === undefined) throw refuse.missing('Line.Amount')
    if (linked.length !== 1) throw refuse.missing('Line.LinkedTxn')
    const type = textAt(linked[0] ?? {}, 'TxnType')
    const id = textAt(linked[0] ?? {}, 'TxnId')
    if (type === undefined) throw refuse.missing('Line.LinkedTxn.TxnType')
    if (id === undefined) throw refuse.missing('Line.LinkedTxn.TxnId')
    if (type !== 'Invoice' && type !== 'CreditMemo') throw refuse.badEnumeration('Line.LinkedTxn.TxnType', type)
    const target = work.find(type, id)
    if (!target) throw refuse.notFound()
    checkSameFamily(work, customer, target)
    const key = `${type} ${id}`
    const open = cents(target[type === 'Invoice' ? 'Balance' : 'RemainingCredit']) + (before.get(key) ?? 0) - (taken.get(key) ?? 0)
    const asked = cents(line['Amount'])
    if (asked < 0) throw refuse.business('The amount applied cannot be negative.')
    if (type === 'CreditMemo' && asked > open) throw refuse.business('You cannot apply more than what is left of the credit memo.')
    // More than is open is no error: the rest of the payment stays with the customer, unapplied.
    const kept = Math.min(asked, open)
    taken.set(key, (taken.get(key) ?? 0) + kept)
    if (kept > 0) lines.push(lineTo(type, id, kept, { open, number: textAt(target, 'DocNumber') }))
  }
  return lines
}

/** With AutoApplyPayments on, QuickBooks spreads what is not explicitly applied over the customer's oldest open invoices. */
function autoApplied(work: Work, draft: JsonObject, customer: JsonObject, lines: JsonObject[]): JsonObject[] {
  if (objectAt(work.preferences, 'SalesFormsPrefs')['AutoApplyPayments'] !== true) return lines
  let left = unappliedOf(cents(draft['TotalAmt']), lines)
  if (left <= 0) return lines
  const open = work.rows.all(
    "select id, balance, doc from row where realm = ? and entity = 'Invoice' and customer = ? and balance > 0 order by due_date, seq",
    work.realm,
    textAt(customer, 'Id') ?? '',
  )
  const added: JsonObject[] = []
  for (const invoice of open) {
    const id = String(invoice['id'])
    if (left <= 0) break
    if (lines.some(line => pointsTo(line, 'Invoice', id))) continue
    const balance = Number(invoice['balance'])
    const part = Math.min(left, balance)
    left -= part
    added.push(lineTo('Invoice', id, part, { open: balance, number: invoice['doc'] === null ? undefined : String(invoice['doc']) }))
  }
  return [...lines, ...added]
}

function lineTo(type: string, id: string, value: Cents, target: { open: Cents; number: string | undefined }): JsonObject {
  const pairs = [
    { Name: 'txnId', Value: id },
    { Name: 'txnOpenBalance', Value: (target.open / 100).toFixed(2) },
    ...(target.number === undefined ? [] : [{ Name: 'txnReferenceNumber', Value: target.number }]),
  ]
  const wrap = (value: JsonObject): JsonObject => ({
    name: '{http://schema.intuit.com/finance/v3}NameValue', declaredType: 'com.intuit.schema.finance.v3.NameValue', scope: 'javax.xml.bind.JAXBElement$GlobalScope',
    value, nil: false, globalScope: true, typeSubstituted: false,
  })
  return { Amount: amount(value), LinkedTxn: [{ TxnId: id, TxnType: type }], LineEx: { any: pairs.map(wrap) } }
}

function unappliedOf(total: Cents, lines: JsonObject[]): Cents {
  return lines.reduce((left, line) => (isCredit(line) ? left + cents(line['Amount']) : left - cents(line['Amount'])), total)
}

function isCredit(line: JsonObject): boolean {
  return objectsAt(line, 'LinkedTxn').some(linked => linked['TxnType'] === 'CreditMemo')
}

function pointsTo(line: JsonObject, entity: string, id: string): boolean {
  return objectsAt(line, 'LinkedTxn').some(linked => linked['TxnType'] === entity && linked['TxnId'] === id)
}

function withoutTarget(payment: JsonObject, entity: string, id: string): JsonObject {
  return { ...payment, Line: objectsAt(payment, 'Line').filter(line => !pointsTo(line, entity, id)) }
}

/** A payment may pay for its customer and for the jobs of the same family, not for strangers. */
function checkSameFamily(work: Work, customer: JsonObject, target: JsonObject): void {
  const other = work.find('Customer', refAt(target, 'CustomerRef'))
  if (!other || textAt(headOf(work, other), 'Id') !== textAt(headOf(work, customer), 'Id')) throw refuse.business('The transaction you are trying to pay belongs to another customer.')
  const currencies = [other, customer].map(each => refAt(each, 'CurrencyRef') ?? work.company.currency)
  if (currencies[0] !== currencies[1]) throw refuse.business('The payment and the transaction it pays must have the same currency.')
}

function headOf(work: Work, customer: JsonObject): JsonObject {
  let head = customer
  for (let above = work.find('Customer', refAt(head, 'ParentRef')); above; above = work.find('Customer', refAt(head, 'ParentRef'))) head = above
  return head
}

function checkDepositAccount(work: Work, id: string): void {
  const type = textAt(work.find('Account', id) ?? {}, 'AccountType')
  if (type !== 'Bank' && type !== 'Other Current Asset') throw refuse.business('Select a Bank or Other Current Asset account to deposit to.')
}
