import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClock } from '../../kit/clock.ts'
import { accounting, realmA, realmB, redirectUri, startBench } from '../testBench.ts'

let bench: Awaited<ReturnType<typeof startBench>>
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.intuit.close())

const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe('discovery', () => {
  test('every endpoint of the discovery document is at the emulator itself', async () => {
    const document = (await (await fetch(bench.intuit.discoveryUrl)).json()) as Record<string, string>
    for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'revocation_endpoint', 'jwks_uri']) {
      expect(document[name]).toMatch(new RegExp(`^${bench.intuit.url}/`))
    }
    expect(document).toMatchObject({ response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'] })
  })
})

describe('the authorize endpoint', () => {
  test.each([
    ['an unknown client', { client_id: 'somebody' }, 'client_id'],
    ['a redirect address that differs in its last slash', { redirect_uri: `${redirectUri}/` }, 'redirect_uri'],
    ['a redirect address that differs in its letter case', { redirect_uri: redirectUri.replace('callback', 'Callback') }, 'redirect_uri'],
    ['another response type', { response_type: 'token' }, 'response_type'],
    ['a missing state', { state: '' }, 'state'],
  ])('%s is told to the person, never to the redirect address', async (_, params, word) => {
    const response = await fetch(bench.authorizeUrl(params), { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(word)
  })

  test('an unknown scope goes back to the app as invalid_scope', async () => {
    const response = await fetch(bench.authorizeUrl({ scope: 'com.intuit.quickbooks.everything' }), { redirect: 'manual' })
    const back = new URL(response.headers.get('location') ?? '')
    expect(Object.fromEntries(back.searchParams)).toEqual({ error: 'invalid_scope', state: 'state-1' })
  })

  test('a person signs in, chooses one of their companies, and the app learns which', async () => {
    const back = await bench.consent({ realmId: realmB })
    expect(`${back.origin}${back.pathname}`).toBe(redirectUri)
    expect([...back.searchParams.keys()]).toEqual(['code', 'state', 'realmId'])
    expect(back.searchParams.get('realmId')).toBe(realmB)
    expect(back.searchParams.get('state')).toBe('state-1')
  })

  test('a person may say no', async () => {
    const back = await bench.consent({ decline: true })
    expect(Object.fromEntries(back.searchParams)).toEqual({ error: 'access_denied', state: 'state-1' })
  })

  test('a sign-in with Intuit chooses no company', async () => {
    const back = await bench.consent({}, { scope: 'openid profile email' })
    expect([...back.searchParams.keys()]).toEqual(['code', 'state'])
  })

  test('a person who administers no company is told so and can only decline', async () => {
    await expect(bench.consent({ as: 'sam@newcomer.example' })).rejects.toThrow('Choose a company')
  })

  test('an answered request cannot be answered again', async () => {
    const page = await (await fetch(bench.authorizeUrl())).text()
    const request = /name="request" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const decline = () => fetch(`${bench.intuit.url}/connect/consent`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ request, answer: 'decline' }) })
    expect((await decline()).status).toBe(302)
    expect((await decline()).status).toBe(400)
  })
})

describe('codes', () => {
  test('a code brings tokens with Intuit’s lives', async () => {
    const { status, headers, body } = await bench.connect()
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, x_refresh_token_expires_in: 8_640_000 })
    expect(body).not.toHaveProperty('x_refresh_token_hard_expires_in')
    expect(headers.get('intuit_tid')).toBeTruthy()
    expect(headers.get('cache-control')).toBe('no-cache, no-store')
    expect((await bench.read(body.access_token)).status).toBe(200)
  })

  test('the five years are told to those who ask', async () => {
    const code = (await bench.consent()).searchParams.get('code') ?? ''
    const { body } = await bench.exchange(code, { 'x-include-refresh-token-hard-expires-in': 'true' })
    expect(body['x_refresh_token_hard_expires_in']).toBe(157_680_000)
  })

  test('a code used twice is refused and the first use’s tokens die', async () => {
    const code = (await bench.consent()).searchParams.get('code') ?? ''
    const first = await bench.exchange(code)
    expect((await bench.read(first.body.access_token)).status).toBe(200)
    const second = await bench.exchange(code)
    expect([second.status, second.body['error']]).toEqual([400, 'invalid_grant'])
    expect((await bench.read(first.body.access_token)).status).toBe(401)
    expect((await bench.refresh(first.body.refresh_token)).body['error']).toBe('invalid_grant')
  })

  test('a code is good for ten minutes and for its own redirect address', async () => {
    const other = await bench.token({ grant_type: 'authorization_code', code: (await bench.consent()).searchParams.get('code') ?? '', redirect_uri: `${redirectUri}2` })
    expect(other.body['error']).toBe('invalid_grant')
    const late = (await bench.consent()).searchParams.get('code') ?? ''
    bench.intuit.clock.advance(10 * 60_000)
    expect((await bench.exchange(late)).body['error']).toBe('invalid_grant')
  })

  test.each([
    [{ grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token' }, {}, 400, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'RT1-nothing' }, {}, 400, 'invalid_grant'],
    [{ grant_type: 'refresh_token', refresh_token: 'RT1-nothing' }, { authorization: 'Basic bm9ib2R5Om5vdGhpbmc=' }, 401, 'invalid_client'],
  ])('%j is refused in Intuit’s shape', async (fields, headers, status, error) => {
    const answer = await bench.token(fields, headers)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })

  test('the app may name itself in the form', async () => {
    const { clientId, clientSecret } = bench.intuit.app
    const code = (await bench.consent()).searchParams.get('code') ?? ''
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId, client_secret: clientSecret })
    expect((await fetch(`${bench.intuit.url}/oauth2/v1/tokens/bearer`, { method: 'POST', body })).status).toBe(200)
  })
})

describe('refresh tokens', () => {
  test('a reused refresh token is refused, and the new one goes on working', async () => {
    const first = await bench.connect()
    const second = await bench.refresh(first.body.refresh_token)
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token)
    const reused = await bench.refresh(first.body.refresh_token)
    expect(reused.status).toBe(400)
    expect(reused.body).toEqual({ error_description: 'Token invalid', error: 'invalid_grant' })
    expect((await bench.refresh(second.body.refresh_token)).status).toBe(200)
  })

  test('of two refreshes at once exactly one succeeds', async () => {
    const { body } = await bench.connect()
    const both = await Promise.all([bench.refresh(body.refresh_token), bench.refresh(body.refresh_token)])
    expect(new Set(both.map(answer => answer.status))).toEqual(new Set([200, 400]))
  })

  test('within the grace a replaced value still works, after it no more', async () => {
    bench.intuit.configure({ graceMs: hourMs })
    const { body } = await bench.connect()
    await bench.refresh(body.refresh_token)
    expect((await bench.refresh(body.refresh_token)).status).toBe(200)
    bench.intuit.clock.advance(hourMs)
    expect((await bench.refresh(body.refresh_token)).status).toBe(400)
  })

  test('with daily rotation the value changes once it is a day old', async () => {
    await bench.control('app', { rotation: 'daily' })
    const { body } = await bench.connect()
    expect((await bench.refresh(body.refresh_token)).body.refresh_token).toBe(body.refresh_token)
    bench.intuit.clock.advance(dayMs)
    const rotated = await bench.refresh(body.refresh_token)
    expect(rotated.body.refresh_token).not.toBe(body.refresh_token)
    expect(rotated.body['x_refresh_token_expires_in']).toBe(8_640_000)
  })

  test('a hundred idle days end it, and so do five busy years', async () => {
    const idle = await bench.connect()
    bench.intuit.clock.advance(100 * dayMs)
    expect((await bench.refresh(idle.body.refresh_token)).status).toBe(400)
    let busy = await bench.connect()
    for (let day = 0; day < 5 * 365; day += 73) {
      bench.intuit.clock.advance(73 * dayMs)
      const next = await bench.refresh(busy.body.refresh_token)
      if (next.status === 400) {
        expect(day).toBeGreaterThanOrEqual(5 * 365 - 73)
        return
      }
      busy = next
    }
    expect.unreachable('the grant outlived five years')
  })
})

describe('the gateway', () => {
  test('an expired token gets the lower-case 401 that Intuit’s gateway answers', async () => {
    const { body } = await bench.connect()
    bench.intuit.clock.advance(hourMs)
    const response = await bench.read(body.access_token)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Intuit", error="invalid_token"')
    expect(await response.json()).toMatchObject({
      warnings: null,
      fault: { type: 'AUTHENTICATION', error: [{ message: 'message=AuthenticationFailed; errorCode=003200; statusCode=401', code: '3200', element: null }] },
      batchItemResponse: [],
      cdcresponse: [],
    })
  })

  test('no token, an unknown token and a revoked one are 401', async () => {
    const { body } = await bench.connect()
    expect((await bench.revoke({ token: body.refresh_token })).status).toBe(200)
    for (const token of [undefined, 'eyJnothing', body.access_token]) expect((await bench.read(token)).status).toBe(401)
    expect((await bench.refresh(body.refresh_token)).status).toBe(400)
  })

  test('another company’s token is 403', async () => {
    const { body } = await bench.connect()
    const response = await bench.read(body.access_token, realmB)
    expect(response.status).toBe(403)
    expect(JSON.stringify(await response.json())).toContain('ApplicationAuthorizationFailed')
  })

  test('a permission that was left out is missing from the grant', async () => {
    const { body } = await bench.connect({ scopes: ['openid', 'profile'] })
    expect((await bench.read(body.access_token)).status).toBe(403)
    const person = await (await fetch(`${bench.intuit.url}/v1/openid_connect/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } })).json()
    expect(person).toMatchObject({ givenName: 'Avery', familyName: 'Finch' })
    expect(person).not.toHaveProperty('email')
  })

  test('removing the app inside QuickBooks ends the company’s grants alone', async () => {
    const a = await bench.connect()
    const b = await bench.connect({ realmId: realmB })
    expect(await (await bench.control('disconnect', { realmId: realmA })).json()).toEqual({ ended: 1 })
    expect((await bench.read(a.body.access_token)).status).toBe(401)
    expect((await bench.read(b.body.access_token, realmB)).status).toBe(200)
  })

  test('revoking an unknown token is an error', async () => {
    expect((await bench.revoke({ token: 'RT1-nothing' })).status).toBe(400)
    expect((await bench.revoke({})).status).toBe(400)
  })
})

describe('OpenID Connect', () => {
  test('the id_token is signed by a published key and names app, person and company', async () => {
    const { body } = await bench.connect()
    const [head = '', payload = '', signature = ''] = String(body['id_token']).split('.')
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }
    const { keys } = (await (await fetch(`${bench.intuit.url}/op/v1/jwks`)).json()) as { keys: { kid: string; n: string; e: string; kty: string }[] }
    const jwk = keys.find(key => key.kid === kid)
    expect(verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), createPublicKey({ key: jwk ?? {}, format: 'jwk' }), Buffer.from(signature, 'base64url'))).toBe(true)
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    expect(claims).toMatchObject({ aud: [bench.intuit.app.clientId], iss: `${bench.intuit.url}/op/v1`, realmid: realmA, sub: bench.intuit.users[0]?.sub })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600)
  })

  test('without openid there is no id_token and no userinfo', async () => {
    const { body } = await bench.connect({ scopes: [accounting] })
    expect(body).not.toHaveProperty('id_token')
    expect((await fetch(`${bench.intuit.url}/v1/openid_connect/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } })).status).toBe(403)
  })
})

describe('what is kept', () => {
  test('grants, tokens and settings survive a restart on the same path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'intuit-'))
    const dataPath = join(folder, 'sandbox')
    const before = await startBench({ dataPath })
    const { body } = await before.connect()
    const unused = (await before.consent()).searchParams.get('code') ?? ''
    await before.intuit.close()
    const after = await startBench({ dataPath })
    expect(after.intuit.app.clientId).toBe(before.intuit.app.clientId)
    expect((await after.read(body.access_token)).status).toBe(200)
    expect((await after.exchange(unused)).status).toBe(200)
    const next = await after.refresh(body.refresh_token)
    expect(next.body.access_token).not.toBe(body.access_token)
    await after.intuit.close()
    rmSync(folder, { recursive: true })
  })

  test('a reset forgets grants, keeps the app, and never issues an old token again', async () => {
    const { body } = await bench.connect()
    await bench.control('reset', {})
    expect((await bench.read(body.access_token)).status).toBe(401)
    const again = await bench.connect()
    expect(again.body.access_token).not.toBe(body.access_token)
    expect((await bench.read(body.access_token)).status).toBe(401)
  })

  test('the state view shows the grants and no secret', async () => {
    const { body } = await bench.connect()
    const state = await (await fetch(`${bench.intuit.url}/_emulator/state`)).text()
    expect(JSON.parse(state)).toMatchObject({ grants: [{ realmId: realmA, scopes: [accounting, 'openid', 'profile', 'email'] }] })
    for (const secret of [body.access_token, body.refresh_token, bench.intuit.app.clientSecret, bench.intuit.app.verifierToken]) expect(state).not.toContain(secret)
  })

  test('the same seed and time give the same tokens', async () => {
    const start = async () => {
      const other = await startBench({ seed: 7, clock: createClock(1_795_000_000_000) })
      const { body } = await other.connect()
      await other.intuit.close()
      return body.refresh_token
    }
    expect(await start()).toBe(await start())
  })
})
