import { createHash } from 'node:crypto'
import type { EntityName } from '../books/entities.ts'
import { objectAt, refAt, textAt, type JsonObject } from '../books/json.ts'
import { withAddresses } from './files.ts'
import type { AccountingParts, Call } from './parts.ts'

/** What an answer shows of an object beyond what is stored: an invoice's link when it is asked for, a file's address of the moment. */
export function shown(parts: AccountingParts, call: Call, entity: { name: EntityName }, object: JsonObject): JsonObject {
  if (entity.name === 'Invoice' && asksForLink(call)) return withLink(parts, call, object)
  if (entity.name === 'Attachable' && object['Size'] !== undefined) return withAddresses(parts, call, object)
  return object
}

function asksForLink(call: Call): boolean {
  return (call.query['include'] ?? '').split(',').some(each => each.trim().toLowerCase() === 'invoicelink')
}

/** One taxable customer shows the company's tax code where it has none of its own; in a query it does not (both recorded). */
export function shownAlone(parts: AccountingParts, call: Call, entity: { name: EntityName }, object: JsonObject): JsonObject {
  const group = entity.name === 'Customer' && object['Taxable'] === true && object['DefaultTaxCodeRef'] === undefined ? companyTaxCode(parts, call) : undefined
  return shown(parts, call, entity, group === undefined ? object : { ...object, DefaultTaxCodeRef: { value: group } })
}

function companyTaxCode(parts: AccountingParts, call: Call): string | undefined {
  return refAt(objectAt(parts.books.read(call.realmId, 'Preferences', '1') ?? {}, 'TaxPrefs'), 'TaxGroupCodeRef')
}

/** Only where the company takes payments online, the invoice allows them, and it has an e-mail address. */
function withLink(parts: AccountingParts, call: Call, invoice: JsonObject): JsonObject {
  const preferences = parts.books.read(call.realmId, 'Preferences', '1') ?? {}
  const online = objectAt(preferences, 'SalesFormsPrefs')['ETransactionPaymentEnabled'] === true
  const allowed = invoice['AllowOnlineCreditCardPayment'] === true || invoice['AllowOnlineACHPayment'] === true
  const address = textAt(objectAt(invoice, 'BillEmail'), 'Address') ?? ''
  if (!online || !allowed || !/^[^\s@]+@[^\s@]+$/.test(address)) return invoice
  const token = createHash('sha256').update(`${call.realmId} ${String(invoice['Id'])}`).digest('hex').slice(0, 48)
  return { ...invoice, InvoiceLink: `https://developer.intuit.com/comingSoonview/scs-v1-${token}` }
}
