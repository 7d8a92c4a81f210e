import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStripeEmulator, type StripeEmulator } from '../index.ts'
import { StripeFailure } from './failure.ts'
import { readForm } from './form.ts'

let emulator: StripeEmulator

beforeAll(async () => {
  emulator = await startStripeEmulator()
})
afterAll(async () => emulator.close())

const send = (path: string, body: string) => fetch(`${emulator.url}${path}`, { method: 'POST', body, headers: { 'authorization': `Bearer ${emulator.secretKey}`, 'content-type': 'application/x-www-form-urlencoded' } })

test('bracket notation is read as Stripe writes it', () => {
  expect(readForm('a=1&b[c]=2&b[d][e]=3&list[]=x&list[]=y&rows[0][id]=7&rows[1][id]=8&plus=a+b%26c')).toEqual({
    a: '1',
    b: { c: '2', d: { e: '3' } },
    list: ['x', 'y'],
    rows: [{ id: '7' }, { id: '8' }],
    plus: 'a b&c',
  })
})

test.each(['a=1&a[b]=2', 'a[b]=2&a=1', '[a]=1', 'a[b=1', 'a[b]c=1', `a${'[b]'.repeat(20)}=1`])('%s is refused', body => {
  expect(() => readForm(body)).toThrow(StripeFailure)
})

test('no body makes the API stumble: each gets 200, 400 or 402 with an envelope', async () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('amount', 'currency', 'metadata[a]', 'metadata', 'expand[]', 'confirm', 'payment_method', 'automatic_payment_methods[enabled]', '__proto__', 'metadata[__proto__]', 'constructor[prototype]', 'return_url'))
  const value = fc.oneof(fc.string(), fc.constantFrom('500', 'usd', 'true', 'pm_card_visa', 'customer', 'latest_charge.balance_transaction', '', '-1', '9'.repeat(30), 'https://a.example'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.constantFrom('/v1/payment_intents', '/v1/customers', '/v1/refunds', '/v1/confirmation_tokens'), async (pairs, path) => {
      const answer = await send(path, new URLSearchParams(pairs).toString())
      const body = (await answer.json()) as { error?: { type: string; message: string } }
      expect([200, 400, 402]).toContain(answer.status)
      expect(typeof body.error?.message).toBe(answer.status === 200 ? 'undefined' : 'string')
    }),
    { numRuns: 500 },
  )
})

test('metadata keeps to Stripe’s limits', async () => {
  const of = (entries: Record<string, string>) => send('/v1/customers', new URLSearchParams(Object.entries(entries).map(([key, value]) => [`metadata[${key}]`, value])).toString())
  expect((await of({ ['k'.repeat(40)]: 'v'.repeat(500) })).status).toBe(200)
  expect((await of({ ['k'.repeat(41)]: 'v' })).status).toBe(400)
  expect((await of({ k: 'v'.repeat(501) })).status).toBe(400)
  expect((await of(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])))).status).toBe(400)
})
