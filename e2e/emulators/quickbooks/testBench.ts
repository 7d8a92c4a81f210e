import { Hono } from 'hono'
import { listen } from '../kit/server.ts'
import { startIntuit, type IntuitOptions, type RunningIntuit } from './intuit.ts'
import { walkConsent, type ConsentAnswer } from './oauth/walkConsent.ts'
import type { BookChange } from './webhooks/events.ts'

export const realmA = '9130000000000001'
export const realmB = '9130000000000002'
export const redirectUri = 'http://127.0.0.1:4000/v1/quickbooks/callback'
export const accounting = 'com.intuit.quickbooks.accounting'
export const owner = 'avery@alderandfinch.example'

export type TokenAnswer = { status: number; headers: Headers; body: Record<string, unknown> & { access_token: string; refresh_token: string } }

/** Intuit with two companies whose books hold nothing but their name: enough to try grants and webhooks. */
export async function startBench(options: IntuitOptions = {}) {
  let listener: (change: BookChange) => void = () => undefined
  const intuit = await startIntuit(
    { redirectUris: [redirectUri], ...options },
    {
      companies: () => [
        { realmId: realmA, name: 'Alder & Finch', country: 'US' },
        { realmId: realmB, name: 'Second Company', country: 'US' },
      ],
      onChange: heard => {
        listener = heard
      },
      mount: (app, authorize) =>
        app.get('/v3/company/:realmId/companyinfo/:id', c => {
          const caller = authorize(c, c.req.param('realmId'))
          return caller instanceof Response ? caller : c.json({ user: caller.user })
        }),
      state: () => ({}),
      reset: () => undefined,
      close: () => undefined,
    },
  )
  const change = (realmId: string, entity: string, id: string, operation: BookChange['operation'], more: Partial<BookChange> = {}) =>
    listener({ realmId, entity, id, operation, lastUpdated: '2026-11-20T10:15:00-08:00', ...more })
  return { intuit, change, ...appOf(intuit) }
}

/** The app's side of a running Intuit, as plain HTTP. */
export function appOf(intuit: RunningIntuit) {
  const basic = `Basic ${Buffer.from(`${intuit.app.clientId}:${intuit.app.clientSecret}`).toString('base64')}`
  const authorizeUrl = (params: Record<string, string> = {}) => {
    const all = { client_id: intuit.app.clientId, response_type: 'code', scope: `${accounting} openid profile email`, redirect_uri: redirectUri, state: 'state-1', ...params }
    return `${intuit.url}/connect/oauth2?${new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''))}`
  }
  const token = async (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<TokenAnswer> => {
    const response = await fetch(`${intuit.url}/oauth2/v1/tokens/bearer`, { method: 'POST', headers: { authorization: basic, ...headers }, body: new URLSearchParams(fields) })
    return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer['body'] }
  }
  const consent = (answer: Partial<ConsentAnswer> = {}, params: Record<string, string> = {}) => walkConsent(authorizeUrl(params), { as: owner, realmId: realmA, ...answer })
  const exchange = (code: string, headers: Record<string, string> = {}) => token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }, headers)
  return {
    authorizeUrl,
    token,
    consent,
    exchange,
    refresh: (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    connect: async (answer: Partial<ConsentAnswer> = {}) => exchange((await consent(answer)).searchParams.get('code') ?? ''),
    revoke: (body: object) => fetch(`${intuit.url}/v2/oauth2/tokens/revoke`, { method: 'POST', headers: { authorization: basic, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    read: (accessToken: string | undefined, realmId = realmA) => fetch(`${intuit.url}/v3/company/${realmId}/companyinfo/${realmId}`, { headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` } }),
    control: (path: string, body: object) => fetch(`${intuit.url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }
}

export type Received = { headers: Headers; body: string; json: unknown }

/** An app's webhook address that keeps what it gets and answers what `answers` holds next, else 200. */
export async function startReceiver() {
  const received: Received[] = []
  const answers: number[] = []
  const app = new Hono()
  app.post('/hooks/quickbooks', async c => {
    const body = await c.req.text()
    received.push({ headers: new Headers(c.req.header()), body, json: JSON.parse(body) })
    return c.body(null, (answers.shift() ?? 200) as 200)
  })
  const server = await listen(app)
  return { url: `${server.url}/hooks/quickbooks`, received, answers, close: server.close }
}
