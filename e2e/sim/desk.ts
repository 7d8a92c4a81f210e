import type { Fields } from '../flows/payer.ts'
import type { Ground } from './ground.ts'

/** What a person at the merchant's desk does in QuickBooks' own screens; where QuickBooks says no, they let it be. */
export function deskAt(ground: Ground, realmId: string) {
  const { books } = ground.outside.quickbooks
  type Entity = Parameters<typeof books.list>[1]
  /** The most that an invoice ever asked for, in QuickBooks' decimals as cents. */
  const asked = new Map<string, number>()
  const note = (invoice: Fields) => {
    const id = String(invoice['Id'])
    asked.set(id, Math.max(asked.get(id) ?? 0, Math.round(Number(invoice['TotalAmt']) * 100)))
  }
  /** Invoices that somebody voided, deleted or repriced: what was applied to them came loose by a person's hand. */
  const touched = new Set<string>()
  const all = (entity: Entity): Fields[] => [...books.list(realmId, entity)]
  for (const invoice of all('Invoice')) note(invoice)
  const item = () => String(all('Item').find(row => row['Type'] === 'Service' && row['Active'] !== false)?.['Id'])
  const lines = (amount: number) => [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: item() }, TaxCodeRef: { value: 'NON' } } }]
  const write = (entity: Entity, operation: 'create' | 'update' | 'delete' | 'void', body: object): Fields => {
    const written = books.write(realmId, { entity, operation, body: body as never, user: 'Jules at the desk' })
    if (entity === 'Invoice' && operation !== 'delete') note(written)
    return written
  }
  const change = (entity: Entity, id: string, more: object, operation: 'update' | 'delete' | 'void' = 'update'): Fields | null => {
    const held = books.read(realmId, entity, id)
    if (entity === 'Invoice') touched.add(id)
    return held ? write(entity, operation, { Id: id, SyncToken: held['SyncToken'], sparse: true, ...more }) : null
  }
  return {
    realmId, asked, touched, all, change,
    invoice: (customerId: string, amount: number): string => {
      const made = write('Invoice', 'create', { CustomerRef: { value: customerId }, EmailStatus: 'NeedToSend', BillEmail: { Address: 'pat@harbourcoffee.example' }, Line: lines(amount) })
      books.send(realmId, 'Invoice', String(made['Id']), undefined)
      return String(made['Id'])
    },
    /** An invoice gets another amount, never less than was paid on it. */
    reprice: (id: string, amount: number): void => {
      const held = books.read(realmId, 'Invoice', id)
      if (held && Number(held['TotalAmt']) - Number(held['Balance']) <= amount) change('Invoice', id, { Line: lines(amount) })
    },
    pay: (invoiceId: string, amount: number): void => {
      const held = books.read(realmId, 'Invoice', invoiceId)
      if (!held || Number(held['Balance']) < amount) return
      write('Payment', 'create', { CustomerRef: held['CustomerRef'], TotalAmt: amount, CurrencyRef: held['CurrencyRef'], Line: [{ Amount: amount, LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] }] })
    },
    merge: (keepId: string, goneId: string): void => void books.merge(realmId, keepId, goneId),
    /** The Payments that the product wrote and nobody voided. */
    ours: (): Fields[] => all('Payment').filter(payment => String(payment['PrivateNote'] ?? '').includes('quittance:') && Number(payment['TotalAmt']) > 0),
  }
}
export type SimDesk = ReturnType<typeof deskAt>
