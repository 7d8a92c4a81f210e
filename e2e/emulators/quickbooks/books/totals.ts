import { amount, cents, percentOf, times, type Cents } from './amounts.ts'
import { objectAt, objectsAt, refAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import type { Work } from './work.ts'

export type Totals = { lines: JsonObject[]; tax: JsonObject; total: Cents }

/**
 * Numbers the lines and adds them up as QuickBooks does: item lines, a subtotal line of its own, discount, tax.
 * `TxnTaxDetail.TotalTax` in the request overrides the tax that the rates give (minor version 70).
 */
export function totalsOf(work: Work, draft: JsonObject, standing: JsonObject | undefined): Totals {
  if (standing && carriesLines(draft, standing)) return { lines: objectsAt(standing, 'Line'), tax: objectAt(standing, 'TxnTaxDetail'), total: cents(standing['TotalAmt']) }
  const currency = refAt(draft, 'CurrencyRef') ?? work.company.currency
  const given = objectsAt(draft, 'Line').filter(line => line['DetailType'] !== 'SubTotalLineDetail')
  let lastId = Math.max(0, ...objectsAt(standing ?? {}, 'Line').map(line => Number(textAt(line, 'Id') ?? 0)))
  let lineNum = 0
  const items: JsonObject[] = []
  const discounts: JsonObject[] = []
  for (const line of given) {
    const detailType = textAt(line, 'DetailType')
    if (detailType === undefined) throw refuse.missing('Line.DetailType')
    if (detailType === 'DiscountLineDetail') discounts.push(line)
    else items.push({ Id: textAt(line, 'Id') ?? String(++lastId), LineNum: ++lineNum, ...withoutNumbers(line), ...completed(work, line) })
  }
  const subtotal = items.reduce((sum, line) => sum + cents(line['Amount']), 0)
  const lines: JsonObject[] = [...items, { Amount: amount(subtotal), DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} }]
  let discount = 0
  for (const line of discounts) {
    const worth = discountOf(line, subtotal, currency)
    discount += worth
    lines.push({ ...line, Amount: amount(worth) })
  }
  const base = taxBase(draft, items, subtotal, discount)
  const tax = standing && echoesTax(draft, standing, base) ? objectAt(standing, 'TxnTaxDetail') : taxOf(work, draft, { base, currency, standing })
  return { lines, tax, total: subtotal - discount + cents(tax['TotalTax']) }
}

/** An update that does not name lines or tax leaves them, and a statement charge, which has a subtotal and no items, as they are. */
function carriesLines(draft: JsonObject, standing: JsonObject): boolean {
  const onlySubtotal = (object: JsonObject) => objectsAt(object, 'Line').every(line => line['DetailType'] === 'SubTotalLineDetail')
  const sameTax = JSON.stringify(draft['TxnTaxDetail']) === JSON.stringify(standing['TxnTaxDetail']) && (draft['ApplyTaxAfterDiscount'] === true) === (standing['ApplyTaxAfterDiscount'] === true)
  return (onlySubtotal(draft) && onlySubtotal(standing)) || (sameTax && JSON.stringify(draft['Line']) === JSON.stringify(standing['Line']))
}

function withoutNumbers(line: JsonObject): JsonObject {
  const { Id: _id, LineNum: _num, ...rest } = line
  return rest
}

/** What QuickBooks fills in: the amount it can work out, and NON where a line does not say whether it is taxed. */
function completed(work: Work, line: JsonObject): JsonObject {
  if (line['DetailType'] === 'SalesItemLineDetail') {
    const detail = objectAt(line, 'SalesItemLineDetail')
    const worked = detail['UnitPrice'] !== undefined && detail['Qty'] !== undefined ? times(detail['Qty'], detail['UnitPrice']) : undefined
    if (line['Amount'] === undefined && worked === undefined) throw refuse.missing('Line.Amount')
    if (line['Amount'] !== undefined && worked !== undefined && worked !== cents(line['Amount'])) throw refuse.badAmount(String(line['Amount']))
    const isShipping = refAt(detail, 'ItemRef') === 'SHIPPING_ITEM_ID'
    return {
      Amount: amount(line['Amount'] === undefined ? (worked ?? 0) : cents(line['Amount'])),
      SalesItemLineDetail: detail['TaxCodeRef'] === undefined && !isShipping ? { ...detail, TaxCodeRef: { value: 'NON' } } : detail,
    }
  }
  if (line['DetailType'] === 'GroupLineDetail') {
    const detail = objectAt(line, 'GroupLineDetail')
    const inner = objectsAt(detail, 'Line').length > 0 ? objectsAt(detail, 'Line').map(each => ({ ...each, ...completed(work, each) })) : bundled(work, detail)
    return { Amount: amount(inner.reduce((sum, each) => sum + cents(each['Amount']), 0)), GroupLineDetail: { ...detail, Line: inner } }
  }
  return line['Amount'] === undefined ? {} : { Amount: amount(cents(line['Amount'])) }
}

/** The lines of a bundle that was sold by its name alone. */
function bundled(work: Work, detail: JsonObject): JsonObject[] {
  const group = work.find('Item', refAt(detail, 'GroupItemRef')) ?? {}
  return objectsAt(objectAt(group, 'ItemGroupDetail'), 'ItemGroupLine').map(part => {
    const item = work.find('Item', refAt(part, 'ItemRef')) ?? {}
    const quantity = times(part['Qty'] ?? 1, detail['Quantity'] ?? 1) / 100
    const price = item['UnitPrice'] ?? 0
    return {
      Amount: amount(times(quantity, price)),
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: { ItemRef: { value: refAt(part, 'ItemRef') ?? '', name: '' }, UnitPrice: price, Qty: quantity, TaxCodeRef: { value: item['Taxable'] === true ? 'TAX' : 'NON' } },
    }
  })
}

function discountOf(line: JsonObject, subtotal: Cents, currency: string): Cents {
  const detail = objectAt(line, 'DiscountLineDetail')
  if (detail['PercentBased'] === true && detail['DiscountPercent'] !== undefined) return percentOf(subtotal, detail['DiscountPercent'], currency)
  if (line['Amount'] === undefined) throw refuse.missing('Line.Amount')
  return cents(line['Amount'])
}

function taxBase(draft: JsonObject, items: JsonObject[], subtotal: Cents, discount: Cents): Cents {
  const taxed = taxableOf(items)
  return draft['ApplyTaxAfterDiscount'] === true && subtotal !== 0 ? taxed - Math.round((discount * taxed) / subtotal) : taxed
}

/** True where an update says nothing new about tax: the same tax, the same code, the same amount that is taxed. */
function echoesTax(draft: JsonObject, standing: JsonObject, base: Cents): boolean {
  const asked = objectAt(draft, 'TxnTaxDetail')
  const before = objectAt(standing, 'TxnTaxDetail')
  const lines = objectsAt(standing, 'Line')
  const subtotal = lines.find(line => line['DetailType'] === 'SubTotalLineDetail')?.['Amount']
  const discount = lines.reduce((sum, line) => (line['DetailType'] === 'DiscountLineDetail' ? sum + cents(line['Amount']) : sum), 0)
  return cents(asked['TotalTax']) === cents(before['TotalTax']) && refAt(asked, 'TxnTaxCodeRef') === refAt(before, 'TxnTaxCodeRef') && base === taxBase(standing, lines, cents(subtotal), discount)
}

function taxOf(work: Work, draft: JsonObject, of: { base: Cents; currency: string; standing: JsonObject | undefined }): JsonObject {
  const asked = objectAt(draft, 'TxnTaxDetail')
  const code = refAt(asked, 'TxnTaxCodeRef') ?? automaticCode(work, draft)
  const taxLines = code === undefined || of.base === 0 ? [] : ratesOf(work, code).map(rate => taxLine(of.base, rate, of.currency))
  const worked = taxLines.reduce((sum, line) => sum + cents(line['Amount']), 0)
  // The tax that the object already had is an echo, not an override.
  const echo = of.standing && cents(asked['TotalTax']) === cents(objectAt(of.standing, 'TxnTaxDetail')['TotalTax'])
  const total = asked['TotalTax'] === undefined || echo ? worked : cents(asked['TotalTax'])
  const first = taxLines[0]
  // An override is carried by the first tax line, so that the lines still add up to the total.
  if (first && total !== worked) {
    first['Amount'] = amount(cents(first['Amount']) + total - worked)
    first['TaxLineDetail'] = { ...objectAt(first, 'TaxLineDetail'), OverrideDeltaAmount: amount(total - worked) }
  }
  return { ...(code !== undefined && taxLines.length > 0 ? { TxnTaxCodeRef: { value: code } } : {}), TotalTax: amount(total), ...(taxLines.length > 0 ? { TaxLine: taxLines } : {}) }
}

/** With automated sales tax QuickBooks chooses the code by the customer's address; without an address it finds no tax. */
function automaticCode(work: Work, draft: JsonObject): string | undefined {
  const prefs = objectAt(work.preferences, 'TaxPrefs')
  if (prefs['PartnerTaxEnabled'] !== true) return undefined
  const customer = work.find('Customer', refAt(draft, 'CustomerRef')) ?? {}
  if (customer['Taxable'] === false || (customer['BillAddr'] === undefined && customer['ShipAddr'] === undefined)) return undefined
  return refAt(customer, 'DefaultTaxCodeRef') ?? refAt(prefs, 'TaxGroupCodeRef')
}

function taxableOf(items: JsonObject[]): Cents {
  let sum = 0
  for (const line of items) {
    const detail = objectAt(line, 'SalesItemLineDetail')
    if ((refAt(detail, 'TaxCodeRef') ?? 'NON') !== 'NON') sum += cents(line['Amount'])
    sum += taxableOf(objectsAt(objectAt(line, 'GroupLineDetail'), 'Line'))
  }
  return sum
}

function ratesOf(work: Work, code: string): { id: string; percent: number }[] {
  const details = objectsAt(objectAt(work.find('TaxCode', code) ?? {}, 'SalesTaxRateList'), 'TaxRateDetail')
  return details.flatMap(detail => {
    const id = refAt(detail, 'TaxRateRef')
    const rate = work.find('TaxRate', id)
    return id !== undefined && rate ? [{ id, percent: Number(rate['RateValue'] ?? 0) }] : []
  })
}

function taxLine(base: Cents, rate: { id: string; percent: number }, currency: string): JsonObject {
  return {
    Amount: amount(percentOf(base, rate.percent, currency)),
    DetailType: 'TaxLineDetail',
    TaxLineDetail: { TaxRateRef: { value: rate.id }, PercentBased: true, TaxPercent: rate.percent, NetAmountTaxable: amount(base) },
  }
}
