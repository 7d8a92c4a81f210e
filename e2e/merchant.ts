import { walkConsent } from './emulators/quickbooks/oauth/walkConsent.ts'
import type { ImportView } from '../api/domain/console-views.ts'
import { realmId as demoRealm } from './outside.ts'

export type Progress = (view: ImportView) => void
export type MerchantOptions = {
  apiUrl: string
  mailUrl: string
  /** Who signs in to the console. */
  email: string
  /** Who consents at Intuit, and for which company. */
  intuitUser?: string
  realmId?: string
  siteOrigin?: string
  onProgress?: Progress
}
export type SignedInMerchant = Awaited<ReturnType<typeof signUpMerchant>>

const timeoutMs = 30_000

/** A merchant's path through the product's own doors: sign in by a mailed code, connect QuickBooks, wait for the first load, allow the site, take a key. */
export async function signUpMerchant(options: MerchantOptions) {
  const cookie = await signInToConsole(options)
  const call = callerOf(options.apiUrl, cookie)
  await connectQuickBooks(options, cookie)
  await firstLoad(call, options.onProgress)
  if (options.siteOrigin) await call('PATCH', '/v1/merchant/settings', { allowedOrigins: [options.siteOrigin], supportEmail: 'hello@alderandfinch.example' })
  const created = (await call('POST', '/v1/merchant/api-keys', { name: 'Our web site' })) as { key: string }
  const view = (await call('GET', '/v1/merchant')) as { merchant: { id: string; publishableKey: string } }
  return { merchantId: view.merchant.id, publishableKey: view.merchant.publishableKey, apiKey: created.key, cookie, call }
}

/** The cookie of a console session, by the code in the newest mail. */
export async function signInToConsole({ apiUrl, mailUrl, email }: Pick<MerchantOptions, 'apiUrl' | 'mailUrl' | 'email'>): Promise<string> {
  const call = callerOf(apiUrl, '')
  const before = (await mailsTo(mailUrl, email)).length
  await call('POST', '/v1/merchant/sign-in/codes', { email })
  const code = await codeFrom(mailUrl, email, before)
  const answer = await fetch(`${apiUrl}/v1/merchant/sign-in/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', origin: apiUrl }, body: JSON.stringify({ email, code }), signal: AbortSignal.timeout(timeoutMs) })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  if (!answer.ok || !cookie) throw new Error(`The console did not let ${email} in: ${answer.status} ${await answer.text()}`)
  return cookie
}

/** The six digits of the newest mail to this address, once there are more mails than `before`. */
export async function codeFrom(mailUrl: string, email: string, before: number): Promise<string> {
  const mails = await until(() => mailsTo(mailUrl, email), found => found.length > before)
  const code = /\b(\d{6})\b/.exec(mails.at(-1)?.text ?? '')?.[1]
  if (!code) throw new Error(`The mail to ${email} holds no code.`)
  return code
}

export type SentMail = { to: string[]; subject: string; html: string; text: string }

export async function mailsTo(mailUrl: string, email: string): Promise<SentMail[]> {
  const answer = await fetch(`${mailUrl}/_emulator/state?to=${encodeURIComponent(email)}`, { signal: AbortSignal.timeout(timeoutMs) })
  return ((await answer.json()) as { messages: SentMail[] }).messages
}

export async function connectQuickBooks(options: MerchantOptions, cookie: string): Promise<void> {
  const begun = await fetch(`${options.apiUrl}/console/connect`, { headers: { cookie }, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  const consent = begun.headers.get('location')
  if (!consent) throw new Error(`Connecting did not lead to Intuit: ${begun.status} ${await begun.text()}`)
  const back = await walkConsent(consent, { as: options.intuitUser ?? 'avery@alderandfinch.example', realmId: options.realmId ?? demoRealm })
  const ended = await fetch(back, { headers: { cookie }, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  const location = ended.headers.get('location') ?? ''
  if (!location.includes('connected=1')) throw new Error(`Connecting ended at ${location || ended.status}.`)
}

export async function firstLoad(call: Caller, onProgress: Progress | undefined): Promise<void> {
  const view = await until(
    async () => {
      const { import: run } = (await call('GET', '/v1/merchant')) as { import: ImportView | null }
      if (run) onProgress?.(run)
      return run
    },
    run => run !== null && run.state !== 'running',
    15 * 60_000,
  )
  if (view?.state === 'failed') throw new Error(`The first load failed: ${view.problem ?? ''}`)
}

export type Caller = (method: string, path: string, body?: object) => Promise<unknown>

/** Calls the API as the console's page does, or with other headers that say who calls. Throws where it refuses. */
export function callerOf(apiUrl: string, cookie: string, more: Record<string, string> = {}): Caller {
  return async (method, path, body) => {
    const answer = await fetch(`${apiUrl}${path}`, {
      method, signal: AbortSignal.timeout(timeoutMs), headers: { origin: apiUrl, ...(cookie ? { cookie } : {}), ...more, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return text ? (JSON.parse(text) as unknown) : null
  }
}

/** Asks again every few milliseconds until the answer is right; throws an Error after `mostMs`. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, mostMs = 20_000): Promise<T> {
  const end = Date.now() + mostMs
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (Date.now() > end) throw new Error(`Still not so after ${mostMs} ms: ${JSON.stringify(answer)?.slice(0, 500)}`)
    await new Promise(resolve => setTimeout(resolve, 40))
  }
}
