import { Stripe } from 'stripe'

export type StripeSettings = {
  /** `https://api.stripe.com`, or the sandbox's address. */
  apiUrl: string
  /** Where pages load Stripe.js from. */
  scriptUrl: string
  secretKey: string
  publishableKey: string
  /** Signing secrets of the webhook endpoint; two while one takes the other's place. */
  webhookSecrets: readonly string[]
}

const timeoutMs = 30_000
const vendorHost = 'api.stripe.com'

/**
 * Stripe's own client, pointed at the configured address, with the retries left to us: each call is made once, under the key we give it.
 * Throws an Error where a live key would be sent to another host than Stripe's.
 */
export function createClient({ apiUrl, secretKey }: Pick<StripeSettings, 'apiUrl' | 'secretKey'>): Stripe {
  const { hostname, port, protocol } = new URL(apiUrl)
  const secure = protocol === 'https:'
  if (/^(sk|rk)_live_/.test(secretKey) && (hostname !== vendorHost || !secure)) {
    throw new Error(`A live Stripe key is only ever sent to https://${vendorHost}. Set STRIPE_API_URL to it, or use a test key.`)
  }
  return new Stripe(secretKey, {
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    protocol: secure ? 'https' : 'http',
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    // Node's own client repeats a call once when a connection closes, even with no retries; with fetch the limit covers the whole call.
    httpClient: Stripe.createFetchHttpClient(),
  })
}
