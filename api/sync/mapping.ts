import type { MirrorCredit, MirrorCustomer, MirrorInvoice, MirrorListEntry, MirrorPayment } from '../../db/queries/mirror-rows.ts'
import { type Currency, type Minor, currency, parseDecimal, zero } from '../domain/money.ts'
import type { QboEntity, QboObject } from '../ports.ts'
import { bodyOf } from './invoice-body.ts'
import { type Json, must, recordAt, recordsAt, refAt, textAt, timeAt, versionOf } from './read-object.ts'

/** An invoice with what its row does not keep: whether QuickBooks sent it, and which payments it says were put against it. */
export type ReadInvoice = MirrorInvoice & { sent: boolean; deliveredAt: number | null; linkedPayments: string[] }

/** Each reads one of Intuit's objects as a row of ours, tolerating fields that it does not know. Throws a RangeError that says what cannot be read. */
export function customerOf(object: QboObject, home: Currency): MirrorCustomer {
  const code = currencyOf(object, home)
  const emails = addressesOf(textAt(recordAt(object, 'PrimaryEmailAddr'), 'Address'))
  return {
    ...versionOf(object),
    name: withoutDeletedMark(must(textAt(object, 'DisplayName') ?? textAt(object, 'FullyQualifiedName'), 'DisplayName')),
    email: emails[0] ?? null,
    emails: [...new Set(emails.map(email => email.toLowerCase()))],
    parentQboId: refAt(object, 'ParentRef'),
    currency: code,
    balance: amountAt(object, 'Balance', code) ?? zero,
    active: object['Active'] !== false,
  }
}

/** Lists have a name and little else that we show. */
export function listEntryOf(entity: QboEntity, object: QboObject): MirrorListEntry {
  return {
    ...versionOf(object),
    entity,
    name: withoutDeletedMark(must(textAt(object, 'FullyQualifiedName') ?? textAt(object, 'Name'), 'Name')),
    type: textAt(object, 'AccountSubType') && entity === 'Account' ? `${textAt(object, 'AccountType') ?? ''}/${textAt(object, 'AccountSubType') ?? ''}` : textAt(object, 'Type'),
    active: object['Active'] !== false,
  }
}

export function invoiceOf(object: QboObject, home: Currency): ReadInvoice {
  const code = currencyOf(object, home)
  const version = versionOf(object)
  const total = must(amountAt(object, 'TotalAmt', code), 'TotalAmt')
  const emailStatus = plainEnum(textAt(object, 'EmailStatus')) ?? 'NotSet'
  const deliveredAt = timeAt(recordAt(object, 'DeliveryInfo'), 'DeliveryTime')
  return {
    ...version,
    customerQboId: must(refAt(object, 'CustomerRef'), 'CustomerRef'),
    number: textAt(object, 'DocNumber'),
    issuedOn: must(textAt(object, 'TxnDate'), 'TxnDate'),
    dueOn: textAt(object, 'DueDate'),
    currency: code,
    total,
    balance: must(amountAt(object, 'Balance', code), 'Balance'),
    deposit: amountAt(object, 'Deposit', code) ?? zero,
    tax: amountAt(recordAt(object, 'TxnTaxDetail'), 'TotalTax', code) ?? zero,
    billEmail: textAt(recordAt(object, 'BillEmail'), 'Address'),
    emailStatus,
    createdAt: timeAt(recordAt(object, 'MetaData'), 'CreateTime') ?? version.updatedAt,
    voided: isVoid(object, total),
    body: JSON.stringify(bodyOf(object, code)),
    sent: emailStatus === 'EmailSent' || deliveredAt !== null,
    deliveredAt,
    linkedPayments: recordsAt(object, 'LinkedTxn').flatMap(link => (textAt(link, 'TxnType') === 'Payment' ? (textAt(link, 'TxnId') ?? []) : [])),
  }
}

export function creditOf(object: QboObject, home: Currency): MirrorCredit {
  const code = currencyOf(object, home)
  const total = must(amountAt(object, 'TotalAmt', code), 'TotalAmt')
  return {
    ...versionOf(object),
    customerQboId: must(refAt(object, 'CustomerRef'), 'CustomerRef'),
    currency: code,
    number: textAt(object, 'DocNumber'),
    issuedOn: must(textAt(object, 'TxnDate'), 'TxnDate'),
    total,
    remaining: must(amountAt(object, 'RemainingCredit', code) ?? amountAt(object, 'Balance', code), 'RemainingCredit'),
    state: isVoid(object, total) ? 'void' : 'live',
  }
}

export function paymentOf(object: QboObject, home: Currency): MirrorPayment {
  const code = currencyOf(object, home)
  const total = must(amountAt(object, 'TotalAmt', code), 'TotalAmt')
  const lines = recordsAt(object, 'Line')
  return {
    ...versionOf(object),
    customerQboId: must(refAt(object, 'CustomerRef'), 'CustomerRef'),
    currency: code,
    total,
    unapplied: amountAt(object, 'UnappliedAmt', code) ?? zero,
    paidOn: must(textAt(object, 'TxnDate'), 'TxnDate'),
    reference: textAt(object, 'PaymentRefNum'),
    state: isVoid(object, total) && lines.length === 0 ? 'void' : 'live',
    marker: /\bquittance:(pay_[0-9A-Za-z]+)/.exec(textAt(object, 'PrivateNote') ?? '')?.[1] ?? null,
    lines: lines.flatMap(line => {
      const [link] = recordsAt(line, 'LinkedTxn')
      const txnQboId = textAt(link ?? null, 'TxnId')
      return link && txnQboId !== null ? [{ txnType: textAt(link, 'TxnType') ?? '', txnQboId, amount: must(amountAt(line, 'Amount', code), 'Line.Amount') }] : []
    }),
  }
}

/** The currency of a document; companies with one currency name none. */
export function currencyOf(object: Json, home: Currency): Currency {
  const code = refAt(object, 'CurrencyRef')
  return code === null ? home : currency(code)
}

export function amountAt(object: Json | null, name: string, code: Currency): Minor | null {
  const text = textAt(object, name)
  return text === null ? null : parseDecimal(text, code)
}

/** QuickBooks appends this to the name of what was made inactive. */
function withoutDeletedMark(name: string): string {
  return name.replace(/ \(deleted\)$/, '')
}

/** One field may hold several addresses. */
function addressesOf(text: string | null): string[] {
  return (text ?? '').split(/[,;]/).map(part => part.trim()).filter(part => /^[^\s@]+@[^\s@]+$/.test(part))
}

/** There is no status field: what was voided has no amount and says so in its private note. */
function isVoid(object: Json, total: Minor): boolean {
  return total === 0 && /^\s*voided/i.test(textAt(object, 'PrivateNote') ?? '')
}

/** Some answers spell `EMAIL_SENT` for `EmailSent`. */
function plainEnum(text: string | null): string | null {
  return text?.includes('_') ? text.split('_').map(word => word.charAt(0) + word.slice(1).toLowerCase()).join('') : text
}
