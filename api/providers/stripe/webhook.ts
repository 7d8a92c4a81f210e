import { Stripe } from 'stripe'
import { z } from 'zod'
import type { PaymentProvider, ProviderEvent } from '../../ports.ts'

/** How old a signature may be (docs.stripe.com/webhooks/signature). */
const toleranceS = 300

const eventSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  account: z.string().optional(),
  data: z.object({
    object: z.object({
      object: z.string(),
      id: z.string().optional(),
      payment_intent: z.string().nullish(),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  }),
})

/** Reads events of Stripe whose signature over the raw text is right under one of the secrets. */
export function createWebhookReader(secrets: readonly string[]): PaymentProvider['verifyWebhook'] {
  return ({ raw, signature, now }) => {
    if (secrets.length === 0) return { kind: 'refused', reason: 'no webhook secret is set' }
    if (signature === null) return { kind: 'refused', reason: 'it has no Stripe-Signature header' }
    const reasons = secrets.map(secret => signatureProblem(raw, signature, secret, now))
    if (!reasons.includes(null)) return { kind: 'refused', reason: reasons.includes('late') ? `its signature is older than ${toleranceS} seconds` : 'its signature is wrong' }
    const event = readEvent(raw)
    return event ? { kind: 'event', event } : { kind: 'refused', reason: 'it is signed, but is no event that this version reads' }
  }
}

function signatureProblem(raw: string, signature: string, secret: string, now: number): null | 'late' | 'wrong' {
  const { signature: verifier } = Stripe.webhooks
  if (!verifier) throw new Error('The stripe package has no signature check on this platform.')
  try {
    verifier.verifyHeader(raw, signature, secret, toleranceS, undefined, now)
    return null
  } catch (error) {
    // Some malformed headers, e.g. `v1=`, end in a plain Error of the package's own.
    if (!(error instanceof Error)) throw error
    return error.message.startsWith('Timestamp') ? 'late' : 'wrong'
  }
}

function readEvent(raw: string): ProviderEvent | null {
  const parsed = eventSchema.safeParse(parseJson(raw))
  if (!parsed.success) return null
  const { id, type, account, data } = parsed.data
  const { object, metadata } = data.object
  const paymentRef = object === 'payment_intent' ? data.object.id : data.object.payment_intent
  return { id, type, stripeAccount: account ?? null, paymentRef: paymentRef ?? null, metadata: metadata ?? {} }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
