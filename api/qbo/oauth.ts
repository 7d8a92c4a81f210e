import OAuthClient from 'intuit-oauth'
import { z } from 'zod'
import type { Clock, IntuitOAuth, TokenOutcome } from '../ports.ts'
import { createDiscovery, jsonOrText } from './discovery.ts'
import { fetchText } from './fetch-text.ts'
import { createIdTokenCheck } from './id-token.ts'

export type IntuitOAuthOptions = { discoveryUrl: string; clientId: string; clientSecret: string; clock: Clock; timeoutMs?: number; /** Told of each call: how long it took, its status (0 where no answer came) and Intuit's name for it. */ onCall?(call: { call: string; ms: number; status: number; intuitTid: string | null }): void }

/** Longer than Intuit ever took, shorter than the lease of whoever refreshes. */
const timeoutMsDefault = 20_000

/**
 * Intuit's OAuth 2.0 by its official client. The client builds and reads the calls; what it lacks is here:
 * endpoints from the discovery document, a hard time limit, no retries, no process-wide state, outcomes that tell a refusal from not knowing.
 */
export function createIntuitOAuth(options: IntuitOAuthOptions): IntuitOAuth {
  const { clientId, clientSecret, clock, timeoutMs = timeoutMsDefault } = options
  const discovery = createDiscovery({ url: options.discoveryUrl, clock, timeoutMs })
  const ask: Ask = async (name, connect, call) => {
    const began = performance.now()
    const { asked, status, intuitTid } = await askOnce(connect, call)
    options.onCall?.({ call: name, ms: performance.now() - began, status, intuitTid })
    return asked
  }
  const fenced = (endpoint: string, redirectUri = '') => new FencedClient({ clientId, clientSecret, redirectUri, endpoint, timeoutMs })
  return {
    async authorizeUrl({ state, scopes, redirectUri }) {
      const { authorization_endpoint: endpoint } = await discovery()
      const url = new URL(endpoint)
      url.search = new URL(fenced(endpoint, redirectUri).authorizeUri({ scope: [...scopes], state })).search
      return url.href
    },
    async exchange({ code, redirectUri, now }) {
      const asked = await ask('exchange', async () => fenced((await discovery()).token_endpoint, redirectUri), client => client.createToken(`?${new URLSearchParams({ code })}`))
      return tokensOf(asked, now)
    },
    async refresh({ refreshToken, now }) {
      const asked = await ask('refresh', async () => fenced((await discovery()).token_endpoint), client => client.refreshUsingToken(refreshToken))
      return tokensOf(asked, now)
    },
    async revoke(token) {
      const asked = await ask('revoke', async () => fenced((await discovery()).revocation_endpoint), client => client.revoke({ refresh_token: token }))
      return asked.kind === 'answer' ? { kind: 'revoked' } : asked
    },
    async userInfo(accessToken) {
      const asked = await ask('userInfo', async () => fenced((await discovery()).userinfo_endpoint), client => {
        client.setToken({ access_token: accessToken })
        return client.getUserInfo()
      })
      if (asked.kind !== 'answer') return asked
      const user = userSchema.safeParse(asked.body)
      if (user.success) return { kind: 'user', user: user.data }
      const isNotShared = user.error.issues.every(issue => issue.path[0] === 'email')
      return isNotShared ? { kind: 'refused', error: 'email_not_shared' } : { kind: 'unknown', reason: 'Intuit answered without a person' }
    },
    verifyIdToken: createIdTokenCheck({ discovery, clientId, timeoutMs }),
  }
}

const seconds = z.int().min(0)
const tokensSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: seconds,
  x_refresh_token_expires_in: seconds,
  x_refresh_token_hard_expires_in: seconds.optional(),
  id_token: z.string().min(1).optional(),
})

const userSchema = z
  .object({ sub: z.string().min(1), email: z.string().min(1), emailVerified: z.boolean().default(false), givenName: z.string().nullish(), familyName: z.string().nullish() })
  .transform(user => ({ ...user, givenName: user.givenName ?? null, familyName: user.familyName ?? null }))

const refusalSchema = z.object({ error: z.string().min(1) })

type Asked = { kind: 'answer'; body: unknown } | { kind: 'refused'; error: string; intuitTid: string | null } | { kind: 'unknown'; reason: string }
type Ask = (name: string, connect: () => Promise<FencedClient>, call: (client: FencedClient) => Promise<unknown>) => Promise<Asked>

/** Makes one call. What Intuit answered decides, never what the client made of it. */
async function askOnce(connect: () => Promise<FencedClient>, call: (client: FencedClient) => Promise<unknown>): Promise<{ asked: Asked; status: number; intuitTid: string | null }> {
  let client: FencedClient | undefined
  const unknown = (reason: string) => ({ asked: { kind: 'unknown', reason } as const, status: 0, intuitTid: null })
  try {
    client = await connect()
    await call(client)
  } catch (error) {
    if (!client?.answer) return unknown(client?.failure ?? (error instanceof Error ? error.message : 'the call failed'))
  }
  return client.answer ? { ...client.answer, asked: judge(client.answer) } : unknown('Intuit was not asked')
}

function judge({ status, body, intuitTid }: { status: number; body: unknown; intuitTid: string | null }): Asked {
  if (status >= 200 && status < 300) return { kind: 'answer', body }
  const isDefinite = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (!isDefinite) return { kind: 'unknown', reason: `Intuit answered ${status}` }
  const refusal = refusalSchema.safeParse(body)
  return { kind: 'refused', error: refusal.success ? refusal.data.error : `http_${status}`, intuitTid }
}

function tokensOf(asked: Asked, now: number): TokenOutcome {
  if (asked.kind !== 'answer') return asked
  const parsed = tokensSchema.safeParse(asked.body)
  // Intuit may have rotated the token though its answer cannot be read.
  if (!parsed.success) return { kind: 'unknown', reason: 'Intuit answered without tokens' }
  const granted = parsed.data
  const hardLife = granted.x_refresh_token_hard_expires_in
  return {
    kind: 'granted',
    tokens: {
      accessToken: granted.access_token,
      refreshToken: granted.refresh_token,
      accessExpiresAt: now + granted.expires_in * 1000,
      refreshExpiresAt: now + granted.x_refresh_token_expires_in * 1000,
      refreshHardExpiresAt: hardLife === undefined ? null : now + hardLife * 1000,
      idToken: granted.id_token ?? null,
    },
  }
}

type ClientRequest = { method: string; headers: Record<string, string>; data?: Record<string, string> }

/**
 * The official client for one call to one endpoint. Its own sender goes through a process-wide axios without a time limit, repeats
 * code exchanges and refreshes (which Intuit wants sent once) and takes its addresses from static fields; this one replaces the sender.
 */
class FencedClient extends OAuthClient {
  answer: { status: number; body: unknown; intuitTid: string | null } | undefined
  failure: string | undefined
  readonly #endpoint: string
  readonly #timeoutMs: number

  constructor(options: { clientId: string; clientSecret: string; redirectUri: string; endpoint: string; timeoutMs: number }) {
    const { clientId, clientSecret, redirectUri } = options
    super({ environment: 'production', clientId, clientSecret, redirectUri, logging: false, includeRefreshTokenHardExpiresIn: true })
    this.#endpoint = options.endpoint
    this.#timeoutMs = options.timeoutMs
  }

  override async loadResponse(request: ClientRequest): Promise<{ status: number; statusText: string; headers: Record<string, string>; data: unknown }> {
    const { method, headers, data } = request
    const isForm = headers['Content-Type']?.includes('urlencoded') ?? false
    const body = data && (isForm ? new URLSearchParams(data).toString() : JSON.stringify(data))
    try {
      const response = await fetchText(this.#endpoint, { method, headers, ...(body !== undefined && { body }) }, this.#timeoutMs)
      this.answer = { status: response.status, body: jsonOrText(response.text), intuitTid: response.header('intuit_tid') }
    } catch (error) {
      this.failure = error instanceof Error ? error.message : 'the call failed'
      throw error
    }
    const { status, body: answered, intuitTid } = this.answer
    return { status, statusText: String(status), headers: intuitTid === null ? {} : { intuit_tid: intuitTid }, data: answered }
  }
}
