import type { Write } from '../../db/client.ts'
import type { AllocationRow, PaymentRow } from '../../db/queries/payments.ts'
import type { Context } from '../context.ts'
import { type Minor, subtract, zero } from '../domain/money.ts'
import { owed } from '../domain/invoice.ts'
import type { ProviderMethod } from '../ports.ts'
import { createFormat, localDay } from '../present/format.ts'
import { factsOf } from '../present/invoice.ts'
import { inLine } from '../mail/templates/frame.ts'
import { receiptLetter as write } from '../mail/templates/receipt.ts'
import { brandOf, queueLetter } from './queue.ts'

/** Owes the payer their receipt; nothing where no address is known. */
export async function receiptLetter(ctx: Context, payment: PaymentRow, method: ProviderMethod | null, allocations: readonly AllocationRow[]): Promise<Write[]> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const to = await receiptAddress(ctx, payment)
  if (!to) return []
  const timeZone = (await merchant.connection.timeZone()) ?? 'UTC'
  const format = createFormat({ locale: 'en-US', today: localDay(ctx.clock.now(), timeZone), timeZone, spellCurrency: false })
  const money = (amount: Minor) => format.money(amount, payment.currency).text
  const invoices = await merchant.invoices.list({ customerIds: null, invoiceIds: allocations.map(a => a.invoiceId), filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: allocations.length, today: format.today, publishedOnly: false })
  const [customer] = await merchant.sessions.customers([payment.customerId])
  const letter = await write(await brandOf(ctx, payment.merchantId), {
    customerName: inLine(customer?.name ?? ''),
    amount: money(payment.amount),
    paidOn: format.day(format.today),
    method: methodText(method),
    reference: payment.reference,
    lines: allocations.map(a => {
      const invoice = invoices.find(i => i.id === a.invoiceId)
      const rest = invoice ? subtract(owed(factsOf(invoice)), a.amount) : zero
      return { number: a.number && inLine(a.number), amount: money(a.amount), remains: rest > 0 ? money(rest) : null }
    }),
  })
  return queueLetter(ctx, { id: `receipt-${payment.id}`, kind: 'receipt', merchantId: payment.merchantId, to, customerId: payment.customerId, invoiceId: null, replyTo: null }, letter)
}

/** Where the receipt goes: the address the payer came with, else the first that QuickBooks knows. */
export async function receiptAddress(ctx: Context, payment: PaymentRow): Promise<string | null> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const checkout = await merchant.payments.checkout(payment.checkoutId)
  return checkout?.payerEmail ?? (await merchant.sessions.emailsOf(payment.customerId))[0] ?? null
}

/** "Visa ending in 4242" */
export function methodText(method: { kind: string; brand: string | null; last4: string | null } | null): string {
  if (!method) return 'Card'
  const name = method.brand ? method.brand.charAt(0).toUpperCase() + method.brand.slice(1) : method.kind === 'us_bank_account' ? 'Bank account' : 'Card'
  return method.last4 ? `${name} ending in ${method.last4}` : name
}
