import type { CheckoutId, CustomerId, InvoiceId, MerchantId, Minor, PaymentId } from '../../db/values.ts'

export type MarkedPart = { invoiceId: InvoiceId; /** QuickBooks' id of the invoice, which stays where ours is lost. */ qboId: string | null; amount: Minor }
/** What every charge carries at the provider: enough to write our rows anew where they were lost. */
export type Marks = { merchantId: MerchantId; paymentId: PaymentId; customerId: CustomerId; checkoutId: CheckoutId; reference: string; parts: MarkedPart[] }

/** Stripe takes 500 characters in one value of its metadata (docs.stripe.com/metadata). */
const valueMax = 500

/** The marks as the provider keeps them: texts under names. Parts that do not fit one text go on in the next. */
export function marksOf({ merchantId, paymentId, customerId, checkoutId, reference, parts }: Marks): Record<string, string> {
  const texts = ['']
  // The same order whenever they are written: a repeated call must be the same call to the letter.
  for (const part of parts.toSorted((a, b) => a.invoiceId.localeCompare(b.invoiceId))) {
    const text = `${part.invoiceId}:${part.qboId ?? ''}:${part.amount}`
    const last = texts.at(-1) ?? ''
    if (last.length + text.length + 1 > valueMax) texts.push(text)
    else texts[texts.length - 1] = last ? `${last},${text}` : text
  }
  return { merchant: merchantId, payment: paymentId, customer: customerId, checkout: checkoutId, reference, ...Object.fromEntries(texts.map((text, i) => [nameOf(i), text])) }
}

/** Reads what `marksOf` wrote; null where something of it is missing, as on charges that are not ours. */
export function readMarks(metadata: Readonly<Record<string, string>>): Marks | null {
  const { merchant, payment, customer, checkout, reference } = metadata
  if (!isId(merchant, 'mer') || !isId(payment, 'pay') || !isId(customer, 'cus') || !isId(checkout, 'chk') || !reference) return null
  const parts: MarkedPart[] = []
  for (let i = 0; metadata[nameOf(i)] !== undefined; i++)
    for (const text of metadata[nameOf(i)]?.split(',') ?? []) {
      const part = readPart(text)
      if (!part) return null
      parts.push(part)
    }
  return parts.length === 0 ? null : { merchantId: merchant, paymentId: payment, customerId: customer, checkoutId: checkout, reference, parts }
}

function nameOf(place: number): string {
  return place === 0 ? 'invoices' : `invoices_${place + 1}`
}

function readPart(text: string): MarkedPart | null {
  const [invoiceId, qboId = '', amount = ''] = text.split(':')
  if (!isId(invoiceId, 'inv') || !/^[1-9]\d{0,14}$/.test(amount)) return null
  return { invoiceId, qboId: qboId || null, amount: Number(amount) as Minor }
}

function isId<Prefix extends string>(text: string | undefined, prefix: Prefix): text is `${Prefix}_${string}` {
  return text?.startsWith(`${prefix}_`) ?? false
}
