import { randomBytes } from 'node:crypto'
import type { CheckoutCreated, InvoiceRow, PaymentView, PortalView, Problem } from '../../api/domain/views.ts'
import type { World } from '../world.ts'
import { realmId } from '../outside.ts'

type Books = World['outside']['quickbooks']['books']
type EntityName = Parameters<Books['list']>[1]
export type Fields = Record<string, unknown>

/** What a payer and the desk need of a world, wherever the product runs. */
export type Served = Pick<World, 'outside' | 'ask' | 'session'>
export type Desk = ReturnType<typeof deskOf>

/** What a person at the merchant's desk does in QuickBooks' own screens. */
export const deskOf = (world: Served) => {
  const { books } = world.outside.quickbooks
  return {
    all: (entity: EntityName): Fields[] => [...books.list(realmId, entity)],
    read: (entity: EntityName, id: string): Fields | undefined => books.read(realmId, entity, id),
    write: (entity: EntityName, body: object, operation: 'create' | 'update' | 'delete' | 'void' = 'create'): Fields =>
      books.write(realmId, { entity, operation, body: body as never, user: 'Jules at the desk' }),
    /** Changes, deletes or voids what is there now; what `more` does not name stays. */
    change: (entity: EntityName, id: string, more: object, operation: 'update' | 'delete' | 'void' = 'update'): Fields =>
      books.write(realmId, { entity, operation, body: { Id: id, SyncToken: books.read(realmId, entity, id)?.['SyncToken'], sparse: true, ...more } as never, user: 'Jules at the desk' }),
    lines: (amount: number) => [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: firstItem(world) }, TaxCodeRef: { value: 'NON' } } }],
    merge: (keepId: string, goneId: string): Fields => books.merge(realmId, keepId, goneId),
  }
}

/** Makes an invoice that was sent, so that its customer may see it at once. Amounts are dollars as QuickBooks takes them. */
export function sentInvoice(world: Served, customerId: string, amount: number, more: object = {}): Fields {
  const invoice = deskOf(world).write('Invoice', {
    CustomerRef: { value: customerId }, EmailStatus: 'NeedToSend', BillEmail: { Address: 'pat@harbourcoffee.example' },
    Line: [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: firstItem(world) }, TaxCodeRef: { value: 'NON' } } }], ...more,
  })
  return world.outside.quickbooks.books.send(realmId, 'Invoice', String(invoice['Id']), undefined)
}

function firstItem(world: Served): string {
  const item = deskOf(world).all('Item').find(row => row['Type'] === 'Service' && row['Active'] !== false)
  if (!item) throw new Error('the company sells nothing')
  return String(item['Id'])
}

/** A payment that somebody takes at the desk for one invoice. */
export function deskPayment(world: Served, customerId: string, invoiceId: string, amount: number): Fields {
  return deskOf(world).write('Payment', { CustomerRef: { value: customerId }, TotalAmt: amount, Line: [{ Amount: amount, LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] }] })
}

/** How many reads Intuit has counted, by call. */
export async function metered(world: Served): Promise<{ reads: number; calls: Record<string, number> }> {
  const answer = await fetch(`${world.outside.quickbooks.url}/_emulator/state`)
  const { meter } = (await answer.json()) as { meter: Record<string, { corePlus: number; calls: Record<string, number> }> }
  return { reads: meter[realmId]?.corePlus ?? 0, calls: meter[realmId]?.calls ?? {} }
}

/** What Stripe holds. */
export async function stripeHolds(world: Served): Promise<{ payment_intents: Fields[]; charges: Fields[] }> {
  const answer = await fetch(`${world.outside.stripe.url}/_emulator/state`)
  return (await answer.json()) as { payment_intents: Fields[]; charges: Fields[] }
}

export async function paidCharges(world: Served): Promise<Fields[]> {
  return (await stripeHolds(world)).charges.filter(charge => charge['paid'] === true)
}

/** What the payment element gives the page for a test card. */
export async function confirmationToken(world: Served, card = 'pm_card_visa'): Promise<string> {
  const answer = await fetch(`${world.outside.stripe.url}/v1/test_helpers/confirmation_tokens`, {
    method: 'POST', headers: { authorization: `Bearer ${world.outside.stripe.secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: new URLSearchParams({ payment_method: card }),
  })
  const token = (await answer.json()) as { id?: string }
  if (!token.id) throw new Error(`no confirmation token: ${JSON.stringify(token)}`)
  return token.id
}

export function newPaymentId(): string {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  return `pay_${Array.from(randomBytes(26), byte => letters[byte % 32]).join('')}`
}

/** A payer with a session: sees, chooses, pays. */
export async function payerOf(world: Served, customer?: { email: string } | { quickBooksId: string }) {
  const token = await world.session(customer)
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await world.ask(token, 'GET', path)
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body as T
  }
  const checkout = async (invoices: { invoiceId: string; amount?: number }[]): Promise<string> => {
    const { status, body } = await world.ask(token, 'POST', '/v1/checkouts', { invoices })
    if (status !== 201) throw new Error(`no pay page: ${status} ${JSON.stringify(body)}`)
    return new URL((body as CheckoutCreated).url).pathname
  }
  return {
    token, get, checkout,
    portal: (query = 'filter=all&limit=100') => get<PortalView>(`/v1/portal?${query}`),
    /** The row of an invoice by QuickBooks' number, or undefined where the payer does not see it. */
    row: async (number: unknown): Promise<InvoiceRow | undefined> => (await get<PortalView>(`/v1/portal?filter=all&limit=100&q=${encodeURIComponent(String(number))}`)).list.invoices.find(row => row.number === number),
    pay: async (path: string, paying: { paymentId?: string; card?: string; token?: string; replaceOpen?: true } = {}): Promise<{ status: number; body: PaymentView & Problem; paymentId: string }> => {
      const paymentId = paying.paymentId ?? newPaymentId()
      const { status, body } = await world.ask(null, 'POST', `${path}/payments`, { paymentId, confirmationToken: paying.token ?? (await confirmationToken(world, paying.card)), ...(paying.replaceOpen ? { replaceOpen: true } : {}) })
      return { status, body: body as PaymentView & Problem, paymentId }
    },
    /** How the server says that an attempt stands, after it asked the provider. */
    look: async (path: string, paymentId: string): Promise<PaymentView> => (await world.ask(null, 'GET', `${path}/payments/${paymentId}`)).body as PaymentView,
  }
}
