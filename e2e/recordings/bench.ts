import { createClock } from '../emulators/kit/clock.ts'
import { startQuickBooksEmulator } from '../emulators/quickbooks/index.ts'
import { walkConsent } from '../emulators/quickbooks/oauth/walkConsent.ts'
import { isObject, textAt, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'

export const realm = '9130000000000001'
const redirectUri = 'http://127.0.0.1:4000/callback'
const scope = 'com.intuit.quickbooks.accounting openid profile email phone address'

export type Answered = { status: number; headers: Headers; body: Json; text: string }
export type Bench = Awaited<ReturnType<typeof startBench>>

/** All of Intuit as it was at an instant, with one company, and an app that a person has connected to it through the consent pages. */
export async function startBench(atMs: number) {
  const emulator = await startQuickBooksEmulator({ clock: createClock(atMs), redirectUris: [redirectUri], limits: { perSecondApp: 1e6, perMinuteRealm: 1e6 } })
  emulator.books.createCompany(realm, { name: "Craig's Design and Landscaping Services" })
  const { clientId, clientSecret } = emulator.app
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const form = async (path: string, fields: Record<string, string>): Promise<Answered> =>
    answered(await fetch(`${emulator.url}${path}`, { method: 'POST', headers: { authorization: basic, accept: 'application/json' }, body: new URLSearchParams(fields), signal: AbortSignal.timeout(10_000) }))
  const query = new URLSearchParams({ client_id: clientId, response_type: 'code', scope, redirect_uri: redirectUri, state: 'recordings' })
  const back = await walkConsent(`${emulator.url}/connect/oauth2?${query.toString()}`, { as: emulator.users[0]?.email ?? '', realmId: realm })
  const tokens = await form('/oauth2/v1/tokens/bearer', { grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: redirectUri })
  const accessToken = isObject(tokens.body) ? (textAt(tokens.body, 'access_token') ?? '') : ''
  return {
    emulator,
    books: emulator.books,
    tokens,
    form,
    get: async (path: string): Promise<Answered> => answered(await fetch(`${emulator.url}${path}`, { headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' }, signal: AbortSignal.timeout(10_000) })),
    /** Any call to the Accounting API; `path` begins after the realm. */
    async call(method: string, path: string, body: string | JsonObject | null, contentType = 'application/json'): Promise<Answered> {
      const response = await fetch(`${emulator.url}/v3/company/${realm}${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json', ...(body === null ? {} : { 'content-type': contentType }) },
        ...(body === null ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      })
      return answered(response)
    },
    close: emulator.close,
  }
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? (JSON.parse(text) as Json) : null }
}
