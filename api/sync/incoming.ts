import type { MirrorCredit, MirrorCustomer, MirrorListEntry, MirrorPayment } from '../../db/queries/mirror-rows.ts'
import type { Currency } from '../domain/money.ts'
import type { QboEntity, QboObject } from '../ports.ts'
import { creditOf, customerOf, invoiceOf, listEntryOf, paymentOf, type ReadInvoice } from './mapping.ts'

export type EntityObjects = { entity: QboEntity; objects: readonly QboObject[] }
/** QuickBooks was seen not to hold this any more. */
export type Gone = { entity: QboEntity; qboId: string; at: number }
/** What was read of QuickBooks, ready to be written. */
export type Incoming = {
  customers: MirrorCustomer[]
  invoices: ReadInvoice[]
  credits: MirrorCredit[]
  payments: MirrorPayment[]
  lists: MirrorListEntry[]
  gone: Gone[]
  unreadable: { entity: QboEntity; qboId: string; reason: string }[]
}

/** Nothing read yet, but what is gone. */
export function incomingOf(gone: readonly Gone[] = []): Incoming {
  return { customers: [], invoices: [], credits: [], payments: [], lists: [], gone: [...gone], unreadable: [] }
}

/** Reads Intuit's objects. */
export function readObjects(batch: readonly EntityObjects[], home: Currency, gone: readonly Gone[] = []): Incoming {
  const incoming = incomingOf(gone)
  for (const { entity, objects } of batch) for (const object of objects) readObject(incoming, entity, object, home)
  return incoming
}

/** Adds what an object says. One that cannot be read is set aside with the reason and never stops the others. */
export function readObject(incoming: Incoming, entity: QboEntity, object: QboObject, home: Currency): void {
  try {
    readInto(incoming, entity, object, home)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    incoming.unreadable.push({ entity, qboId: object.Id, reason: error.message })
  }
}

export function mergeIncoming(a: Incoming, b: Incoming): Incoming {
  return {
    customers: [...a.customers, ...b.customers],
    invoices: [...a.invoices, ...b.invoices],
    credits: [...a.credits, ...b.credits],
    payments: [...a.payments, ...b.payments],
    lists: [...a.lists, ...b.lists],
    gone: [...a.gone, ...b.gone],
    unreadable: [...a.unreadable, ...b.unreadable],
  }
}

function readInto(incoming: Incoming, entity: QboEntity, object: QboObject, home: Currency): void {
  switch (entity) {
    case 'Customer':
      incoming.customers.push(customerOf(object, home))
      return
    case 'Invoice':
      incoming.invoices.push(invoiceOf(object, home))
      return
    case 'CreditMemo':
      incoming.credits.push(creditOf(object, home))
      return
    case 'Payment':
      incoming.payments.push(paymentOf(object, home))
      return
    case 'Item':
    case 'Account':
    case 'Term':
    case 'PaymentMethod':
    case 'TaxCode':
    case 'TaxRate':
      incoming.lists.push(listEntryOf(entity, object))
      return
    case 'CompanyInfo':
    case 'Preferences':
    case 'Deposit':
    case 'SalesReceipt':
    case 'RefundReceipt':
      return
  }
}
