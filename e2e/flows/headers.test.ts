import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoCustomer } from '../company/demo.ts'
import { type World, startWorld } from '../world.ts'
import { payerOf } from './payer.ts'
import { linkOf } from './visitor.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
}, 60_000)
afterAll(() => world?.close())

/** What every answer says, besides its length, its time and its number. */
const always = { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' }
const policy = (more: Record<string, string>) => Object.entries({
  'default-src': `'none'`, 'script-src': `'self' 'nonce-N'`, 'style-src': `'self' 'nonce-N'`, 'img-src': `'self' https: data:`, 'font-src': `'self'`, 'connect-src': `'self'`, 'frame-src': `'none'`, 'base-uri': `'none'`,
  'form-action': `'self'`, 'frame-ancestors': `'none'`, 'require-trusted-types-for': `'script'`, 'trusted-types': `'none'`, ...more,
}).filter(([, value]) => value !== '').map(pair => pair.join(' ')).join('; ')
const page = (more: Record<string, string> = {}) => ({
  ...always, 'cache-control': 'private, no-store', 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(more), 'cross-origin-opener-policy': 'same-origin-allow-popups',
  'permissions-policy': 'payment=(self "https://js.stripe.com"), camera=(), microphone=(), geolocation=()',
})
/** The address is all the right there is: docs/decisions/0020. */
const landing = (more: Record<string, string>) => {
  const { 'cross-origin-opener-policy': _cutOff, ...headers } = page(more)
  return headers
}
const open = { ...always, 'access-control-allow-origin': '*', 'access-control-expose-headers': 'x-request-id,retry-after' }
const json = { ...open, 'cache-control': 'no-store', 'content-type': 'application/json' }
const problem = { 'cache-control': 'no-store', 'content-type': 'application/problem+json' }

async function headersOf(path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const answer = await fetch(`${world.apiUrl}${path}`, { redirect: 'manual', headers })
  await answer.arrayBuffer()
  const passing = ['date', 'content-length', 'connection', 'keep-alive', 'x-request-id', 'transfer-encoding', 'content-encoding', 'vary', 'set-cookie']
  return Object.fromEntries([...answer.headers].filter(([name]) => !passing.includes(name)).map(([name, value]) => [name, value.replaceAll(/'nonce-[^']+'/g, `'nonce-N'`)]))
}

test('every kind of answer carries these headers and no others', async () => {
  const { outside, merchant } = world
  const payer = await payerOf(world)
  const [invoice] = (await payer.portal()).list.invoices.filter(row => row.canPay)
  const checkout = await payer.checkout([{ invoiceId: invoice?.id ?? '' }])
  const link = new URL((await linkOf(world, demoCustomer)).url).pathname
  const frames = { 'frame-src': `'self'` }
  const provider = { 'script-src': `'self' 'nonce-N' ${outside.stripe.url}`, 'connect-src': `'self' ${outside.stripe.url}`, 'frame-src': outside.stripe.url, 'trusted-types': '' }
  const bearer = { authorization: `Bearer ${payer.token}` }
  const expected: [string, Record<string, string>, Record<string, string>?][] = [
    [link, landing(frames)], [`${link}/invoices/${invoice?.id}`, landing(frames)], [`/pay-online/${merchant.publishableKey}`, page(frames)], ['/i/lnk_unknown', page()],
    [checkout, page(provider)], [`${checkout}?frame=${encodeURIComponent(outside.site.url)}`, page({ ...provider, 'frame-ancestors': outside.site.url })], ['/pay/chk_unknown', page()],
    ['/console', page()], ['/console/invoices', page()], ['/docs', page()], ['/quickbooks/connect', page()], ['/quickbooks/disconnected', page()], ['/console/intuit/ended', page()],
    ['/v1/portal', json, bearer],
    // The third is answered from memory.
    ...Array.from({ length: 3 }, () => ['/v1/invoices', json, bearer] satisfies [string, Record<string, string>, Record<string, string>]),
    [`/v1/invoices/${invoice?.id}`, json, bearer], [`/v1/merchants/${merchant.publishableKey}`, json],
    [`/v1/invoices/${invoice?.id}/pdf`, { ...open, 'cache-control': 'private, no-store', 'content-type': 'application/pdf', 'content-disposition': `inline; filename="Invoice ${invoice?.number}.pdf"`, 'content-security-policy': 'sandbox' }, bearer],
    ['/v1/portal', { ...open, ...problem }], ['/v1/invoices/inv_unknown', { ...open, ...problem }, bearer], ['/nowhere', { ...always, ...problem }], ['/v1/merchant', { ...always, ...problem }],
    ['/v1/merchant', { ...always, 'cache-control': 'no-store', 'content-type': 'application/json' }, { cookie: merchant.cookie }], [`${checkout}/view`, { ...always, 'cache-control': 'no-store', 'content-type': 'application/json' }],
  ]
  for (const [path, headers, sent] of expected) expect([path, await headersOf(path, sent)]).toEqual([path, headers])
})
