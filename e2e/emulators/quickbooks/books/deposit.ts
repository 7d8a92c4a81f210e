import { amount, cents, converted } from './amounts.ts'
import { linksOf } from './columns.ts'
import { objectAt, objectsAt, refAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { bumped, isDeposited, undepositedFunds, type Work } from './work.ts'

const depositable: ReadonlySet<string> = new Set(['Payment', 'SalesReceipt'])

/** Completes a deposit: money out of Undeposited Funds by linked payments, or from other accounts by lines of its own. */
export function completeDeposit(work: Work, draft: JsonObject, standing: JsonObject | undefined): JsonObject {
  if (!Array.isArray(draft['Line']) || draft['Line'].length === 0) throw refuse.missing('Line')
  const into = refAt(draft, 'DepositToAccountRef')
  if (into === undefined) throw refuse.missing('DepositToAccountRef')
  const type = textAt(work.find('Account', into) ?? {}, 'AccountType')
  if (type !== 'Bank' && type !== 'Other Current Asset') throw refuse.business('Select a Bank or Other Current Asset account to deposit to.')
  const already = new Set(linksOf(standing ?? {}).map(link => `${link.entity} ${link.id}`))
  if (linksOf(draft).length !== objectsAt(draft, 'Line').filter(line => objectsAt(line, 'LinkedTxn').length > 0).length) throw refuse.business('A payment can be in a deposit once only.')
  let lineNum = 0
  const lines = objectsAt(draft, 'Line').map(line => (objectsAt(line, 'LinkedTxn').length > 0 ? linkedLine(work, line, already) : ownLine(line, ++lineNum)))
  const cashBack = cents(objectAt(draft, 'CashBack')['Amount'])
  return {
    ...draft,
    TxnDate: textAt(draft, 'TxnDate')?.slice(0, 10) ?? work.today(),
    CurrencyRef: draft['CurrencyRef'] ?? { value: work.company.currency, name: '' },
    Line: lines,
    TotalAmt: amount(lines.reduce((sum, line) => sum + cents(line['Amount']), 0) - cashBack),
  }
}

/** A payment in a deposit says so, and cannot be changed until it is taken out again. */
export function applyDeposit(work: Work, before: JsonObject | undefined, after: JsonObject | undefined): void {
  const was = linksOf(before ?? {})
  const is = linksOf(after ?? {})
  const id = textAt(after ?? before ?? {}, 'Id') ?? ''
  const has = (links: typeof was, entity: string, linkedId: string) => links.some(link => link.entity === entity && link.id === linkedId)
  for (const link of was) if (!has(is, link.entity, link.id)) markDeposited(work, link, id, false)
  for (const link of is) if (!has(was, link.entity, link.id)) markDeposited(work, link, id, true)
}

function markDeposited(work: Work, link: { entity: string; id: string }, depositId: string, inside: boolean): void {
  if (link.entity !== 'Payment' && link.entity !== 'SalesReceipt') return
  const source = work.find(link.entity, link.id)
  if (!source) return
  const others = objectsAt(source, 'LinkedTxn').filter(each => each['TxnType'] !== 'Deposit')
  const { LinkedTxn: _old, ...rest } = source
  const linked = inside ? [...others, { TxnId: depositId, TxnType: 'Deposit' }] : others
  work.save(link.entity, bumped(work, linked.length > 0 ? { ...rest, LinkedTxn: linked } : rest))
  work.announce(link.entity, link.id, 'Update')
}

function linkedLine(work: Work, line: JsonObject, already: ReadonlySet<string>): JsonObject {
  const linked = objectsAt(line, 'LinkedTxn')[0] ?? {}
  const type = textAt(linked, 'TxnType')
  const id = textAt(linked, 'TxnId')
  if (type === undefined) throw refuse.missing('Line.LinkedTxn.TxnType')
  if (id === undefined) throw refuse.missing('Line.LinkedTxn.TxnId')
  if (!depositable.has(type)) throw refuse.badEnumeration('Line.LinkedTxn.TxnType', type)
  const source = work.find(type === 'Payment' ? 'Payment' : 'SalesReceipt', id)
  if (!source) throw refuse.notFound()
  const inside = already.has(`${type} ${id}`)
  if (!inside && isDeposited(source)) throw refuse.business('The payment has already been deposited.')
  if (!inside && refAt(source, 'DepositToAccountRef') !== undepositedFunds(work)) throw refuse.business('Only payments in Undeposited Funds can be deposited.')
  if (cents(line['Amount']) !== converted(cents(source['TotalAmt']), source['ExchangeRate'])) throw refuse.business('A payment is deposited whole: the amount of the line must be the amount of the payment.')
  return { Amount: amount(cents(line['Amount'])), LinkedTxn: [{ TxnId: id, TxnType: type, TxnLineId: '0' }] }
}


function ownLine(line: JsonObject, lineNum: number): JsonObject {
  if (line['DetailType'] === undefined) throw refuse.missing('Line.DetailType')
  if (line['Amount'] === undefined) throw refuse.missing('Line.Amount')
  if (refAt(objectAt(line, 'DepositLineDetail'), 'AccountRef') === undefined) throw refuse.missing('Line.DepositLineDetail.AccountRef')
  const { Id: _id, LineNum: _num, ...rest } = line
  return { Id: textAt(line, 'Id') ?? String(lineNum), LineNum: lineNum, ...rest, Amount: amount(cents(line['Amount'])) }
}
