import { z } from '@hono/zod-openapi'
import type * as views from '../domain/views.ts'

/** The shapes of `domain/views.ts` for the API's description; the compiler holds each to its type. */
const named = <T>(name: string, schema: z.ZodType<T>): z.ZodType<T> => schema.openapi(name)
const day = z.string().openapi({ format: 'date', example: '2026-12-03' })
const text = z.string()

/** A named shape or null: `.nullable()` would have the description ask for both at once. */
export const orNull = <T>(schema: z.ZodType<T>): z.ZodType<T | null> => z.union([schema, z.null()])

export const Money = named<views.MoneyView>('Money', z.object({ amount: z.int().openapi({ description: 'minor units', example: 124000 }), currency: text.openapi({ example: 'USD' }), text: text.openapi({ example: '$1,240.00' }) }))
const invoiceState = z.enum(['draft', 'open', 'due_soon', 'overdue', 'partly_paid', 'processing', 'paid', 'void'])
const invoiceShape = {
  id: text.openapi({ example: 'inv_01JD3ZK8Q2V7M5N6P7R8S9T0AB' }), customerId: text, number: text.nullable(), issuedOn: day, issuedText: text, dueOn: day.nullable(), dueText: text, dueHint: text,
  state: invoiceState, stateText: text, total: Money, balance: Money, payable: Money, processingText: text.nullable(), canPay: z.boolean(), whyNot: text.nullable(),
}
export const Invoice = named<views.InvoiceRow>('Invoice', z.object({ ...invoiceShape, customerName: text.nullable() }))
const counts = z.object({ open: z.int(), overdue: z.int(), processing: z.int(), paid: z.int(), all: z.int() })
export const InvoiceList = named<views.InvoiceList>('InvoiceList', z.object({ invoices: z.array(Invoice), nextCursor: text.nullable(), counts }))
const Merchant = named<views.MerchantView>('Merchant', z.object({ name: text, logoUrl: text.nullable(), accent: text.nullable(), supportEmail: text.nullable() }))
export const MerchantAnswer = z.object({ merchant: Merchant })
export const Portal = named<views.PortalView>('Portal', z.object({
  merchant: Merchant,
  customers: z.array(z.object({ id: text, name: text })),
  scope: z.enum(['customer', 'invoice']),
  focusInvoiceId: text.nullable(),
  totals: z.array(z.object({ currency: text, owed: Money, overdue: Money, credit: Money, openCount: z.int(), overdueCount: z.int() })),
  credits: z.array(z.object({ id: text, kind: z.enum(['credit_memo', 'unapplied_payment']), number: text.nullable(), onText: text, remaining: Money })),
  lastPaidText: text.nullable(),
  payment: z.object({ enabled: z.boolean(), whyNot: text.nullable(), partial: z.boolean(), several: z.boolean() }),
  list: InvoiceList,
  version: z.int(),
}))
const Line: z.ZodType<views.InvoiceLineView> = named('InvoiceLine', z.object({
  kind: z.enum(['item', 'group', 'note', 'subtotal', 'discount', 'shipping']), name: text.nullable(), description: text.nullable(), quantity: text.nullable(), unitPrice: text.nullable(), amount: orNull(Money),
  get lines(): z.ZodType<views.InvoiceLineView[]> {
    return z.array(Line)
  },
}) as z.ZodType<views.InvoiceLineView>)
export const InvoiceDetail = named<views.InvoiceDetail>('InvoiceDetail', z.object({
  ...invoiceShape,
  customerName: text, billTo: z.array(text), terms: text.nullable(), memo: text.nullable(), lines: z.array(Line), subtotal: Money, discount: orNull(Money),
  tax: z.array(z.object({ name: text, amount: Money })), taxTotal: orNull(Money), deposit: orNull(Money), shipping: orNull(Money),
  applied: z.array(z.object({ kind: z.enum(['payment', 'credit']), onText: text, text, amount: Money })),
  history: z.array(z.object({ at: text, atText: text, text })),
  pdfUrl: text.nullable(),
}))
export const CheckoutCreated = named<views.CheckoutCreated>('CheckoutCreated', z.object({ url: text, frameUrl: text, expiresAt: text }))
export const Session = z.object({ token: text, expiresAt: text }).openapi('Session')
export const ProblemBody = named<views.Problem>('Problem', z.object({
  type: text, title: text, status: z.int(), detail: text, instance: text, requestId: text,
  // The description knows what is optional, and what is exactly so it calls required.
  invoices: z.array(Invoice).optional(), faults: z.array(z.object({ field: text, message: text })).optional(),
}) as z.ZodType<views.Problem>)

export const email = z.string().trim().toLowerCase().max(254).regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/, 'must be one e-mail address')
export const publishableKey = z.string().regex(/^pk_\w{5,64}$/, 'must be the key of the script tag (pk_…)')
export const listQuery = z.object({
  filter: z.enum(['open', 'overdue', 'processing', 'paid', 'all']).default('open'),
  sort: z.enum(['due', '-due', 'issued', '-issued', 'amount', '-amount', 'number', '-number']).default('due'),
  q: z.string().trim().max(100).optional(),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  locale: z.string().max(35).optional(),
})
export const streamQuery = z.object({ since: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional() })
export const localeQuery = z.object({ locale: z.string().max(35).optional() })
export const checkoutRequest = z.strictObject({
  invoices: z.array(z.strictObject({ invoiceId: z.string().max(64), amount: z.int().positive().optional() })).min(1).max(100),
  returnUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000).optional().openapi({ description: 'the pay page’s way back; offered where it lies on a web site that the merchant allowed in the console' }),
})

export const json = <T>(schema: z.ZodType<T>, description: string) => ({ description, content: { 'application/json': { schema } } })
export const body = <T extends z.ZodType>(schema: T) => ({ body: { required: true, content: { 'application/json': { schema } } } })
const refusal = (description: string) => ({ description, content: { 'application/problem+json': { schema: ProblemBody } } })
const retryAfter = { 'Retry-After': { description: 'after how many seconds the next one may come', schema: { type: 'integer' as const } } }
export const refusals = { 400: refusal('The request is not right'), 401: refusal('Nobody is signed in, or the link has ended'), 403: refusal('Not from where it comes'), 404: refusal('Not found'), 409: refusal('Not possible as things stand'), 413: refusal('The request is too large'), 429: { ...refusal('Too many requests or tries'), headers: retryAfter }, 503: refusal('Not available now') } as const
