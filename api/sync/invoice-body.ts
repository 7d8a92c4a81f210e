import type { InvoiceBody, StoredLine } from '../../db/schema/invoices.ts'
import { type Currency, type Minor, parseDecimal, sum, zero } from '../domain/money.ts'
import type { QboObject } from '../ports.ts'
import { type Json, recordAt, recordsAt, refAt, textAt } from './read-object.ts'

/**
 * The parts of an invoice that only its own page shows, as QuickBooks states them; nothing is computed anew.
 * A statement charge has a subtotal and no items. Discount, shipping and subtotal stand beside the lines, not among them.
 */
export function bodyOf(object: QboObject, code: Currency): InvoiceBody {
  const lines = recordsAt(object, 'Line')
  const items = lines.filter(line => !isShipping(line)).flatMap(line => storedLine(line, code) ?? [])
  const subtotals = amountsOf(lines, 'subtotallinedetail', code)
  const shipping = lines.filter(isShipping).map(line => amountOf(line, code) ?? zero)
  const discounts = amountsOf(lines, 'discountlinedetail', code)
  return {
    lines: items,
    subtotal: subtotals[0] ?? sum(items.map(line => line.amount ?? zero)),
    discount: discounts.length > 0 ? sum(discounts) : null,
    shipping: shipping.length > 0 ? sum(shipping) : null,
    taxes: recordsAt(recordAt(object, 'TxnTaxDetail'), 'TaxLine').map(line => ({ rateQboId: refAt(recordAt(line, 'TaxLineDetail'), 'TaxRateRef'), name: null, amount: amountOf(line, code) ?? zero })),
    billTo: addressOf(recordAt(object, 'BillAddr')),
    termQboId: refAt(object, 'SalesTermRef'),
    memo: textAt(recordAt(object, 'CustomerMemo'), 'value'),
  }
}

/** Null for what is no line of its own. */
function storedLine(line: Json, code: Currency): StoredLine | null {
  const description = textAt(line, 'Description')
  const amount = amountOf(line, code)
  const empty = { itemQboId: null, name: null, description, quantity: null, unitPrice: null, amount, lines: [] }
  switch (detailTypeOf(line)) {
    case 'salesitemlinedetail': {
      const detail = recordAt(line, 'SalesItemLineDetail')
      const item = refAt(detail, 'ItemRef')
      const isTip = item === 'GRATUITY_ITEM_ID'
      return { ...empty, kind: 'item', itemQboId: isTip ? null : item, name: isTip ? 'Tip' : null, quantity: textAt(detail, 'Qty'), unitPrice: textAt(detail, 'UnitPrice') }
    }
    case 'grouplinedetail': {
      const detail = recordAt(line, 'GroupLineDetail')
      return { ...empty, kind: 'group', itemQboId: refAt(detail, 'GroupItemRef'), quantity: textAt(detail, 'Quantity'), lines: recordsAt(detail, 'Line').flatMap(inner => storedLine(inner, code) ?? []) }
    }
    case 'descriptiononly':
    case 'descriptionlinedetail':
      return { ...empty, kind: description?.startsWith('Subtotal: ') ? 'subtotal' : 'note' }
    case 'subtotallinedetail':
    case 'discountlinedetail':
    case 'taxlinedetail':
      return null
    default:
      // A kind of line that Intuit adds later is shown as it stands rather than dropped.
      return amount === null && description === null ? null : { ...empty, kind: 'note' }
  }
}

/** Spellings differ between answers: `SalesItemLineDetail`, `SALES_ITEM_LINE_DETAIL`. */
function detailTypeOf(line: Json): string {
  return (textAt(line, 'DetailType') ?? '').replaceAll('_', '').toLowerCase()
}

function isShipping(line: Json): boolean {
  return detailTypeOf(line) === 'salesitemlinedetail' && refAt(recordAt(line, 'SalesItemLineDetail'), 'ItemRef') === 'SHIPPING_ITEM_ID'
}

function amountsOf(lines: readonly Json[], type: string, code: Currency): Minor[] {
  return lines.filter(line => detailTypeOf(line) === type).flatMap(line => amountOf(line, code) ?? [])
}

function amountOf(line: Json, code: Currency): Minor | null {
  const text = textAt(line, 'Amount')
  return text === null ? null : parseDecimal(text, code)
}

function addressOf(address: Json | null): string[] {
  const lines = ['Line1', 'Line2', 'Line3', 'Line4', 'Line5'].flatMap(name => textAt(address, name) ?? [])
  const region = [textAt(address, 'CountrySubDivisionCode'), textAt(address, 'PostalCode')].filter(part => part !== null).join(' ')
  const place = [textAt(address, 'City'), region].filter(part => part !== null && part !== '').join(', ')
  return place === '' ? lines : [...lines, place]
}
