import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChangedEvent, PortalView } from '../../api/domain/views.ts'
import { demoCustomer, secondCustomer } from '../company/demo.ts'
import { type World, startWorld } from '../world.ts'
import { payerOf, sentInvoice } from './payer.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
}, 90_000)
afterAll(() => world?.close())

const versionOf = async (token: string) => ((await world.ask(token, 'GET', '/v1/portal')).body as PortalView).version

/** The first event of a stream; null where the greeting is all that comes until `enough` is asked for. */
async function firstEvent(token: string, since: number, enough: () => Promise<void> = async () => {}): Promise<ChangedEvent | null> {
  const line = new AbortController()
  const answer = await fetch(`${world.apiUrl}/v1/events?since=${since}`, { headers: { authorization: `Bearer ${token}` }, signal: line.signal })
  let text = ''
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    if (part.includes(': hello')) await enough()
    if (/^data: .*\n\n/m.test(text)) break
  }
  line.abort()
  const data = /^data: (.*)$/m.exec(text)?.[1]
  return data ? (JSON.parse(data) as ChangedEvent) : null
}

test('a stream begins with what happened since the list was read, to this customer alone, and with nothing where nothing did', async () => {
  const { token } = await payerOf(world, { quickBooksId: demoCustomer.id })
  const before = await versionOf(token)
  sentInvoice(world, secondCustomer.id, 40)
  await world.settled()
  const between = await versionOf(token)
  expect(between).toBeGreaterThan(before)
  const mine = sentInvoice(world, demoCustomer.id, 41)
  await world.settled()
  const { list, version } = (await world.ask(token, 'GET', `/v1/portal?filter=all&q=${String(mine['DocNumber'])}`)).body as PortalView
  for (const since of [before, between]) expect(await firstEvent(token, since)).toMatchObject({ invoices: [list.invoices[0]?.id] })
  // Nothing is told of the past to whoever has it all: the next that happens comes first.
  const later = await firstEvent(token, version, async () => void sentInvoice(world, demoCustomer.id, 42))
  expect(later?.version).toBeGreaterThan(version)
})

test('who was away for longer than changes are kept, or has a version of another database, is told to read anew', async () => {
  const { token } = await payerOf(world, { quickBooksId: demoCustomer.id })
  const version = await versionOf(token)
  expect(await firstEvent(token, version + 1_000)).toMatchObject({ version, invoices: [] })
  sentInvoice(world, demoCustomer.id, 43)
  await world.settled()
  await world.api.context.store.commit(world.api.context.store.control.changes.drop(Number.MAX_SAFE_INTEGER))
  const now = await versionOf(token)
  expect(now).toBeGreaterThan(version)
  expect(await firstEvent(token, version)).toMatchObject({ version: now, invoices: [] })
})

test('a version that is no number is refused in clear words', async () => {
  const { token } = await payerOf(world, { quickBooksId: demoCustomer.id })
  expect(await world.ask(token, 'GET', '/v1/events?since=yesterday')).toMatchObject({ status: 400, body: { type: '/problems/invalid-request' } })
})
