import { sign, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accounting, owner, realmA, redirectUri, startBench } from '../../e2e/emulators/quickbooks/testBench.ts'
import { walkConsent, type ConsentAnswer } from '../../e2e/emulators/quickbooks/oauth/walkConsent.ts'
import { createIntuitOAuth } from './oauth.ts'

type Bench = Awaited<ReturnType<typeof startBench>>
let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.intuit.close())

const scopes = [accounting, 'openid', 'profile', 'email']
const tokenPath = { method: 'POST', path: '/oauth2/v1/tokens/bearer' }
const now = 1_795_000_000_000

function clientOf({ intuit }: Bench, timeoutMs = 10_000) {
  return createIntuitOAuth({ discoveryUrl: intuit.discoveryUrl, clientId: intuit.app.clientId, clientSecret: intuit.app.clientSecret, clock: intuit.clock, timeoutMs })
}

async function codeFrom(of: Bench, answer: Partial<ConsentAnswer> = {}) {
  const back = await walkConsent(await clientOf(of).authorizeUrl({ state: 's 1&2', scopes, redirectUri }), { as: owner, realmId: realmA, ...answer })
  expect(back.searchParams.get('state')).toBe('s 1&2')
  return back.searchParams.get('code') ?? ''
}

async function grantedBy(of: Bench, answer: Partial<ConsentAnswer> = {}) {
  const outcome = await clientOf(of).exchange({ code: await codeFrom(of, answer), redirectUri, now })
  if (outcome.kind !== 'granted') throw new Error(`not granted: ${outcome.kind}`)
  return outcome.tokens
}

describe('code exchange', () => {
  test('a consent becomes tokens whose lives count from now', async () => {
    const tokens = await grantedBy(bench)
    expect(tokens).toMatchObject({ accessExpiresAt: now + 3_600_000, refreshExpiresAt: now + 8_640_000_000, refreshHardExpiresAt: now + 157_680_000_000 })
    expect((await bench.read(tokens.accessToken)).status).toBe(200)
  })

  test('a refusal names Intuit’s error and its trace id', async () => {
    expect(await clientOf(bench).exchange({ code: 'AB11nothing', redirectUri, now })).toEqual({ kind: 'refused', error: 'invalid_grant', intuitTid: expect.any(String) })
  })

  test('a lost answer is unknown and the code is not sent again', async () => {
    const code = await codeFrom(bench)
    bench.intuit.faults.queue({ kind: 'lose-answer', match: tokenPath })
    expect((await clientOf(bench).exchange({ code, redirectUri, now })).kind).toBe('unknown')
    const state = (await (await fetch(`${bench.intuit.url}/_emulator/state`)).json()) as { grants: { ended?: object }[] }
    expect(state.grants).toHaveLength(1)
    expect(state.grants[0]).not.toHaveProperty('ended')
  })
})

describe('refresh', () => {
  test('a refresh brings a new pair', async () => {
    const before = await grantedBy(bench)
    const after = await clientOf(bench).refresh({ refreshToken: before.refreshToken, now })
    expect(after).toMatchObject({ kind: 'granted', tokens: { accessExpiresAt: now + 3_600_000 } })
    expect(after.kind === 'granted' && after.tokens.refreshToken).not.toBe(before.refreshToken)
  })

  test('a reused refresh token is refused as invalid_grant', async () => {
    const { refreshToken } = await grantedBy(bench)
    await clientOf(bench).refresh({ refreshToken, now })
    expect(await clientOf(bench).refresh({ refreshToken, now })).toMatchObject({ kind: 'refused', error: 'invalid_grant' })
  })

  test.each(['lose-answer', 'refuse', 'html-500', 'throttle'] as const)('%s is unknown after one single call', async kind => {
    const { refreshToken } = await grantedBy(bench)
    bench.intuit.faults.queue({ kind, match: tokenPath, times: 2 })
    expect((await clientOf(bench).refresh({ refreshToken, now })).kind).toBe('unknown')
    expect(bench.intuit.faults.waiting()).toMatchObject([{ kind, times: 1 }])
  })

  test('an answer that does not come in time is unknown', async () => {
    const { refreshToken } = await grantedBy(bench)
    const client = clientOf(bench, 200)
    await client.authorizeUrl({ state: 's', scopes, redirectUri })
    bench.intuit.faults.queue({ kind: 'delay', ms: 2000, match: tokenPath })
    expect(await client.refresh({ refreshToken, now })).toEqual({ kind: 'unknown', reason: expect.stringContaining('none within 200 ms') })
  })

  test('a success without tokens is unknown, for the old token may be gone', async () => {
    const { refreshToken } = await grantedBy(bench)
    bench.intuit.faults.queue({ kind: 'answer', status: 200, body: { token_type: 'bearer' }, match: tokenPath })
    expect((await clientOf(bench).refresh({ refreshToken, now })).kind).toBe('unknown')
  })

  test('no outcome carries a token or the client’s secret in its reason', async () => {
    const { refreshToken } = await grantedBy(bench)
    bench.intuit.faults.queue({ kind: 'refuse', match: tokenPath })
    const text = JSON.stringify(await clientOf(bench).refresh({ refreshToken, now }))
    for (const secret of [refreshToken, bench.intuit.app.clientSecret]) expect(text).not.toContain(secret)
  })
})

test('two Intuits in one process are never mixed up', async () => {
  const other = await startBench({ seed: 2 })
  const both = await Promise.all([grantedBy(bench), grantedBy(other)])
  expect((await bench.read(both[0].accessToken)).status).toBe(200)
  expect((await other.read(both[1].accessToken)).status).toBe(200)
  expect((await bench.read(both[1].accessToken)).status).toBe(401)
  await other.intuit.close()
})

test('a revoked grant is dead, and revoking again is refused', async () => {
  const tokens = await grantedBy(bench)
  const client = clientOf(bench)
  expect(await client.revoke(tokens.refreshToken)).toEqual({ kind: 'revoked' })
  expect((await bench.read(tokens.accessToken)).status).toBe(401)
  expect((await client.revoke(tokens.refreshToken)).kind).toBe('refused')
  bench.intuit.faults.queue({ kind: 'refuse', match: { path: '/v2/oauth2/tokens/revoke' } })
  expect((await client.revoke(tokens.refreshToken)).kind).toBe('unknown')
})

describe('who the person is', () => {
  test('userinfo names the person', async () => {
    const { accessToken } = await grantedBy(bench)
    const { sub } = bench.intuit.users[0] ?? {}
    expect(await clientOf(bench).userInfo(accessToken)).toEqual({ kind: 'user', user: { sub, email: owner, emailVerified: true, givenName: 'Avery', familyName: 'Finch' } })
  })

  test('an e-mail address that was not shared is said to be so', async () => {
    const { accessToken } = await grantedBy(bench, { scopes: ['openid', accounting] })
    expect(await clientOf(bench).userInfo(accessToken)).toEqual({ kind: 'refused', error: 'email_not_shared' })
  })

  test('a dead access token is refused', async () => {
    expect((await clientOf(bench).userInfo('eyJnothing')).kind).toBe('refused')
  })
})

describe('id_token', () => {
  const idTokenOf = async () => (await grantedBy(bench)).idToken ?? ''

  test('a genuine one names its subject', async () => {
    expect(await clientOf(bench).verifyIdToken(await idTokenOf(), bench.intuit.clock.now())).toEqual({ sub: bench.intuit.users[0]?.sub })
  })

  test('one that has expired, that was made for another app or by another issuer is refused', async () => {
    const idToken = await idTokenOf()
    expect(await clientOf(bench).verifyIdToken(idToken, bench.intuit.clock.now() + 2 * 3_600_000)).toBeNull()
    const stranger = createIntuitOAuth({ discoveryUrl: bench.intuit.discoveryUrl, clientId: 'another app', clientSecret: 'x', clock: bench.intuit.clock })
    expect(await stranger.verifyIdToken(idToken, bench.intuit.clock.now())).toBeNull()
    const other = await startBench()
    expect(await clientOf(other).verifyIdToken(idToken, bench.intuit.clock.now())).toBeNull()
    await other.intuit.close()
  })

  test('one that was changed, signed by a stranger, unsigned or no token at all is refused', async () => {
    const idToken = await idTokenOf()
    const [head = '', payload = '', signature = ''] = idToken.split('.')
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const changed = part({ ...claims, sub: 'somebody else' })
    const strange = sign('RSA-SHA256', Buffer.from(`${head}.${changed}`), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey).toString('base64url')
    const attempts = [`${head}.${changed}.${signature}`, `${head}.${changed}.${strange}`, `${part({ alg: 'none', kid: 'x' })}.${changed}.`, `${head}.${payload}.${signature}.more`, 'nothing', '']
    for (const attempt of attempts) expect(await clientOf(bench).verifyIdToken(attempt, bench.intuit.clock.now())).toBeNull()
  })
})
