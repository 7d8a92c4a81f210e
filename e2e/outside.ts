import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, createClock } from './emulators/kit/clock.ts'
import { startMailEmulator } from './emulators/mail/index.ts'
import { startQuickBooksEmulator } from './emulators/quickbooks/index.ts'
import { startStripeEmulator } from './emulators/stripe/index.ts'
import { type CompanySource, generateCompany } from './company/generate.ts'
import { loadCompany } from './company/load.ts'
import { startSite } from './site/index.ts'

export type OutsideOptions = {
  /** Where the API will listen; the outside systems call it back there. */
  apiUrl: string
  host?: string
  /** Where everything is kept; in memory when absent. */
  dataDir?: string
  clock?: Clock
  seed?: number
  /** Another company than the built-in one. */
  company?: CompanySource
  /** How many invoices the built-in company has. */
  invoices?: number
  webhookFormat?: 'classic' | 'cloudevents'
  /** A second, small company that nobody has connected yet, for whoever begins as a new merchant. */
  secondCompany?: boolean
  /** Lifts Intuit's limits where a test is about something else. */
  unlimited?: boolean
}
export type Outside = Awaited<ReturnType<typeof startOutside>>

export const realmId = '9341452130411111'
export const secondRealmId = '9341452130422222'
/** One address plays everybody here: the product's own limits are left to the tests that are about them. */
export const unlimitedRequests = { REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000', REQUESTS_PER_MINUTE_PER_LINK: '1000000', REQUESTS_PER_MINUTE_PER_MERCHANT: '1000000' }
const unlimited = { perMinuteRealm: 1_000_000, perSecondApp: 1_000_000, batchPerMinuteApp: 1_000_000, batchPerMinuteRealm: 1_000_000 }

/** Starts everything that is not ours: Intuit with a company in its books, Stripe, the mail, the merchant's web site. */
export async function startOutside(options: OutsideOptions) {
  const { apiUrl, host = '127.0.0.1', dataDir, seed = 1, webhookFormat = 'cloudevents' } = options
  const clock = options.clock ?? createClock()
  if (dataDir) mkdirSync(dataDir, { recursive: true })
  const kept = (name: string) => (dataDir ? { dataPath: join(dataDir, name) } : {})
  const quickbooks = await startQuickBooksEmulator({
    host, clock, seed, webhookFormat, ...kept('quickbooks'), ...(options.unlimited ? { limits: unlimited } : {}),
    redirectUris: [`${apiUrl}/quickbooks/callback`, `${apiUrl}/console/intuit/callback`], webhookUrl: `${apiUrl}/hooks/quickbooks`,
  })
  const asOf = new Date(clock.now()).toISOString().slice(0, 10)
  const isThere = (realm: string) => quickbooks.books.companies().some(company => company.realmId === realm)
  if (!isThere(realmId)) loadCompany(quickbooks.books, realmId, options.company ?? generateCompany({ seed, invoices: options.invoices ?? 200, asOf }))
  if (options.secondCompany && !isThere(secondRealmId)) loadCompany(quickbooks.books, secondRealmId, generateCompany({ seed: seed + 1, invoices: 60, asOf, name: 'Birch & Lane Cabinets' }))
  const stripe = await startStripeEmulator({ host, clock, seed, ...kept('stripe.sqlite'), webhookUrl: `${apiUrl}/hooks/stripe` })
  const mail = await startMailEmulator({ host, clock, seed, ...kept('mail.sqlite') })
  const site = await startSite({ host })
  return {
    clock, quickbooks, stripe, mail, site,
    /** The API's settings for this outside; its own (where it listens, what it keeps where, its keys) come beside them. */
    environment: {
      PUBLIC_URL: apiUrl, ...unlimitedRequests,
      QUICKBOOKS_API_URL: quickbooks.url, QUICKBOOKS_APP_URL: quickbooks.url, INTUIT_DISCOVERY_URL: quickbooks.discoveryUrl,
      INTUIT_CLIENT_ID: quickbooks.app.clientId, INTUIT_CLIENT_SECRET: quickbooks.app.clientSecret, INTUIT_WEBHOOK_VERIFIER: quickbooks.app.verifierToken,
      STRIPE_API_URL: stripe.url, STRIPE_SCRIPT_URL: stripe.scriptUrl, STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_PUBLISHABLE_KEY: stripe.publishableKey, STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
      RESEND_BASE_URL: mail.url, RESEND_API_KEY: mail.apiKey, MAIL_FROM: 'Alder & Finch Joinery <invoices@alderandfinch.example>',
    },
    close: async () => {
      await Promise.all([quickbooks.close(), stripe.close(), mail.close(), site.close()])
      clock.stop()
    },
  }
}
