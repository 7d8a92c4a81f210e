import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InvoiceDetail } from '../../api/domain/views.ts'
import { mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { payerOf } from './payer.ts'
import { changedSince, rowsOf } from './rows.ts'
import { newCustomer, newInvoice } from './visitor.ts'

let world: World
let customer: ReturnType<typeof newCustomer>
let invoiceId: string
let payer: Awaited<ReturnType<typeof payerOf>>
/** Every address in the letter that brought the invoice, and the one that leads to its page. */
let addresses: string[]
let link: string
let before: { rows: Record<string, string>; history: InvoiceDetail['history'] }
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  customer = newCustomer(world, 'Scanned')
  invoiceId = (await newInvoice(world, customer, 70)).id
  await world.merchant.call('POST', `/v1/merchant/invoices/${invoiceId}/send`, { email: customer.email })
  const mail = (await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)).at(-1)
  addresses = [...new Set(`${mail?.html} ${mail?.text}`.match(/https?:\/\/[^\s"'<>]+/g) ?? [])].map(address => address.replaceAll('&amp;', '&'))
  link = addresses.find(address => address.includes('/i/lnk_')) ?? ''
  payer = await payerOf(world, { quickBooksId: customer.quickBooksId })
}, 60_000)
afterAll(() => world?.close())
beforeEach(async () => {
  await world.settled()
  before = { rows: rowsOf(world), history: await history() }
})

const history = async () => (await payer.get<InvoiceDetail>(`/v1/invoices/${invoiceId}`)).history
const get = async (address: string, headers: Record<string, string> = {}, method = 'GET') => {
  const answer = await fetch(address, { method, redirect: 'manual', headers })
  return { status: answer.status, text: await answer.text(), cookies: answer.headers.getSetCookie() }
}
/** What a page refers to on our own site. */
const within = (text: string) => [...text.matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(([, path = '']) => new URL(path.replaceAll('&amp;', '&'), link)).filter(url => url.origin === world.apiUrl).map(String)

const agents = ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks', 'Mozilla/5.0 (compatible; proofpoint-urldefense)', 'BarracudaCentral', 'GoogleImageProxy', 'Mimecast', 'curl/8', '']
const scanners: Readonly<Record<string, () => Promise<void>>> = {
  'asks for the heads alone': async () => {
    for (const address of addresses) for (let i = 0; i < 2; i++) expect((await get(address, {}, 'HEAD')).status).toBe(200)
  },
  'comes under many names, from many networks': async () => {
    for (const [i, agent] of agents.entries()) expect((await get(link, { 'user-agent': agent, 'x-forwarded-for': `203.0.113.${i}` })).status).toBe(200)
  },
  'opens it three times at the same moment': async () => {
    expect((await Promise.all([1, 2, 3].map(() => get(link)))).map(answer => answer.status)).toEqual([200, 200, 200])
  },
  'follows every address of the letter, and all that the pages behind it refer to': async () => {
    const seen = new Set<string>()
    let next = addresses.filter(address => address.startsWith(world.apiUrl))
    for (let depth = 0; depth < 3; depth++) {
      const pages = await Promise.all(next.filter(address => !seen.has(address)).map(address => (seen.add(address), get(address))))
      expect(pages.filter(page => page.status >= 500)).toEqual([])
      next = pages.flatMap(page => within(page.text))
    }
    expect(seen.size).toBeGreaterThan(4)
  },
  'fetches it ahead': async () => {
    for (const headers of [{ purpose: 'prefetch' }, { 'sec-purpose': 'prefetch;prerender' }, { 'x-moz': 'prefetch' }, { 'x-purpose': 'preview' }]) expect((await get(link, headers as Record<string, string>)).status).toBe(200)
  },
  'sends the forms of the page as they stand': async () => {
    const page = await get(link)
    const actions = [...page.text.matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, action = '']) => new URL(action, link).href)
    expect(actions.length).toBeGreaterThan(0)
    for (const action of actions) {
      await get(action)
      const sent = await fetch(action, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' })
      expect(sent.status).toBeLessThan(500)
    }
  },
  'brings back whatever cookies it was given': async () => {
    const first = await get(link)
    // There are none: what a page shows depends on its address alone.
    expect(first.cookies).toEqual([])
    for (const cookie of ['quittance=mst_whatever', '__Host-quittance=x', first.cookies.join('; ')]) expect((await get(link, { cookie })).status).toBe(200)
  },
  'rewrites the address': async () => {
    const { pathname } = new URL(link)
    const token = pathname.split('/')[2] ?? ''
    const variants = [`${link}?utm_source=mail`, `${link}#top`, `${link}/`, encodeURI(link), link.replace(token, encodeURIComponent(token)), link.replace(token, token.toUpperCase()), link.replace(token, token.toLowerCase()), link.replace(token, `${token}.`), link.replace(token, token.slice(0, -1)), `${world.apiUrl}/${pathname}`, decodeURIComponent(link)]
    for (const address of variants) expect([address, [200, 404].includes((await get(address)).status)]).toEqual([address, true])
  },
}

test.each(Object.keys(scanners))('a mail scanner that %s changes nothing and counts as no view; the link works afterwards as before', async name => {
  await scanners[name]?.()
  await world.settled()
  expect(changedSince(world, before.rows)).toEqual([])
  expect(await history()).toEqual(before.history)
  expect((await get(link)).text).toContain(invoiceId)
})

test('one that presses Pay gets a pay page and no further: nothing is held, charged or told', async () => {
  const form = (body: string) => fetch(`${link}/checkouts`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
  const pressed = await form(`invoice=${invoiceId}`)
  expect(pressed.status).toBe(303)
  expect((await get(new URL(pressed.headers.get('location') ?? '', link).href)).status).toBe(200)
  await world.settled()
  expect(changedSince(world, before.rows)).toEqual(['checkouts'])
  expect(await history()).toEqual(before.history)
  expect((await payer.portal()).list.invoices.find(row => row.id === invoiceId)?.state).not.toBe('processing')
})

test('IL2: a person who looks is noted once a day, for the customer and for the merchant to read; the merchant’s own look is not', async () => {
  const token = new URL(link).pathname.split('/')[2] ?? ''
  const look = async (of: string) => (await world.ask(of, 'POST', `/v1/invoices/${invoiceId}/views`)).status
  const row = async () => ((await world.merchant.call('GET', '/v1/merchant/invoices?filter=all&limit=100')) as { invoices: { id: string; customerId: string; viewedText: string | null }[] }).invoices.find(each => each.id === invoiceId)
  const shown = async () => (await row())?.viewedText
  const views = async () => (await history()).filter(event => event.text === 'Viewed').length
  const preview = (await world.merchant.call('POST', `/v1/merchant/customers/${(await row())?.customerId}/preview`, {})) as { url: string }
  expect(await look(new URL(preview.url).pathname.split('/')[2] ?? '')).toBe(204)
  expect([await views(), await shown()]).toEqual([0, null])
  expect(await Promise.all([look(token), look(token), look(payer.token)])).toEqual([204, 204, 204])
  expect([await views(), await shown()]).toEqual([1, expect.stringMatching(/^Viewed \d+ \w{3}/)])
  world.outside.clock.advance(86_400_000)
  payer = await payerOf(world, { quickBooksId: customer.quickBooksId })
  expect(await look(token)).toBe(204)
  expect(await views()).toBe(2)
})
