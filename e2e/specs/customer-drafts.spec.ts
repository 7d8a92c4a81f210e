import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../browser.ts'
import { deskOf } from '../flows/payer.ts'
import { type Customer, linkOf, newCustomer, newInvoice, rowOf, shownNumbers, visit } from '../flows/visitor.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
})
afterAll(() => world.close())

test('IL31: an invoice that was not sent is on no path that its customer can walk', async () => {
  const customer = newCustomer(world, 'Heron Hotel')
  const shown = await newInvoice(world, customer, 70)
  const desk = deskOf(world)
  const { Id: _, MetaData: __, SyncToken: ___, DocNumber: ____, ...body } = desk.read('Invoice', shown.qboId) ?? {}
  const unsent = desk.write('Invoice', { ...body, EmailStatus: 'NotSet', DeliveryInfo: undefined })
  const draft = await until(
    async () => ((await world.merchant.call('GET', `/v1/merchant/invoices?filter=draft&q=${String(unsent['DocNumber'])}`)) as { invoices: { id: string; number: string }[] }).invoices.find(row => row.number === unsent['DocNumber']),
    found => found !== undefined,
  )
  const id = draft?.id ?? ''
  const page = await visit(world, await launchBrowser(), customer)
  await page.getByText('$70.00').first().waitFor()
  expect(await shownNumbers(page)).toEqual([shown.number])
  const link = await linkOf(world, customer)
  const landing = await newPage(await launchBrowser(), { allow: [/status of 404/] })
  await landing.goto(link.url)
  await rowOf(landing, shown.number).waitFor()
  expect(await landing.content()).not.toContain(id)
  await expectNoPath(customer, link.url, { id, number: String(unsent['DocNumber']) })
  await landing.goto(`${link.url}/invoices/${id}`)
  await landing.getByText('This invoice cannot be shown').waitFor()
  await expectUntold(customer, { id, qboId: String(unsent['Id']) }, shown)
  expect(await shownNumbers(page)).toEqual([shown.number])
})

/** Whatever asks for the draft is answered to the letter as if it asked for an invoice that does not exist. */
async function expectNoPath(customer: Customer, linkUrl: string, draft: { id: string; number: string }): Promise<void> {
  const never = 'inv_00000000000000000000000000'
  const linkToken = new URL(linkUrl).pathname.split('/')[2] ?? ''
  for (const token of [await world.session({ quickBooksId: customer.quickBooksId }), await world.session({ email: customer.email }), linkToken]) {
    const answers = async (id: string) => {
      const all = [await world.ask(token, 'GET', `/v1/invoices/${id}`), await world.ask(token, 'GET', `/v1/invoices/${id}/pdf`), await world.ask(token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: id }] })]
      return all.map(({ status, body }) => ({ status, detail: (body as { detail: string }).detail }))
    }
    expect(await answers(draft.id)).toEqual(await answers(never))
    expect((await answers(draft.id)).map(answer => answer.status)).toEqual([404, 404, 404])
    for (const query of [`filter=all&q=${draft.number}`, 'filter=all&limit=100', 'filter=open&limit=100']) {
      const { body } = await world.ask(token, 'GET', `/v1/invoices?${query}`)
      expect((body as { invoices: { id: string }[] }).invoices.map(row => row.id)).not.toContain(draft.id)
    }
    const { body } = await world.ask(token, 'GET', '/v1/portal?filter=all')
    expect(body).toMatchObject({ totals: [{ openCount: 1, owed: { amount: 7_000 } }], list: { counts: { all: 1 } } })
  }
  expect((await fetch(`${linkUrl}/invoices/${draft.id}/pdf`)).status).toBe(404)
  const posted = await fetch(`${linkUrl}/checkouts`, { method: 'POST', body: new URLSearchParams({ invoice: draft.id }), headers: { origin: world.apiUrl }, redirect: 'manual' })
  expect(posted.headers.get('location')).toBeNull()
}

/** The event stream is silent about the draft: after a change of both, it speaks of the other alone. */
async function expectUntold(customer: Customer, draft: { id: string; qboId: string }, shown: { id: string; qboId: string }): Promise<void> {
  const end = new AbortController()
  const token = await world.session({ quickBooksId: customer.quickBooksId })
  const stream = await fetch(`${world.apiUrl}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: end.signal })
  const desk = deskOf(world)
  for (const { qboId } of [draft, shown]) {
    desk.write('Invoice', { Id: qboId, SyncToken: desk.read('Invoice', qboId)?.['SyncToken'], sparse: true, DueDate: '2031-01-31' }, 'update')
    await world.settled()
  }
  let heard = ''
  const reader = (stream.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  while (!heard.includes(shown.id)) {
    const { value, done } = await reader.read()
    if (done) break
    heard += value
  }
  end.abort()
  expect(heard).toContain(shown.id)
  expect(heard).not.toContain(draft.id)
}
