import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Resend } from 'resend'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClock } from '../kit/clock.ts'
import { startMailEmulator, type MailEmulator, type MailOptions } from './index.ts'

let mail: MailEmulator
const letter = { from: 'Alder & Finch <bills@alderandfinch.example>', to: 'pat@harbourcoffee.example', subject: 'Invoice 1042', html: '<p>Hello <a href="https://pay.example/i/1">pay</a></p>', text: 'Hello' }
const others: MailEmulator[] = []

beforeEach(async () => {
  mail = await startMailEmulator({ perSecond: 1_000 })
})
afterEach(async () => {
  await Promise.all([mail, ...others.splice(0)].map(each => each.close()))
})

async function start(options: MailOptions) {
  const started = await startMailEmulator(options)
  others.push(started)
  return started
}
const client = (emulator = mail, key = emulator.apiKey) => new Resend(key, { baseUrl: emulator.url })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(mail.url + path, { method: 'POST', headers: { authorization: `Bearer ${mail.apiKey}`, 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
type State = { messages: { id: string; to: string[]; subject: string; text?: string; html?: string; headers: Record<string, string>; idempotencyKey: string | null; lastEvent: string }[] }
const state = async (emulator = mail) => (await (await fetch(`${emulator.url}/_emulator/state`)).json()) as State

test('a message sent by the resend package is kept with all its parts', async () => {
  const sent = await client().emails.send({ ...letter, replyTo: 'office@alderandfinch.example', headers: { 'X-Entity-Ref-ID': 'inv_1' }, tags: [{ name: 'kind', value: 'invoice' }] }, { idempotencyKey: 'mail_1' })
  expect(sent.error).toBeNull()
  const { data } = await client().emails.get(sent.data?.id ?? '')
  expect(data).toMatchObject({ object: 'email', to: [letter.to], subject: letter.subject, html: letter.html, text: letter.text, reply_to: ['office@alderandfinch.example'], last_event: 'delivered', cc: null })
  expect((await state()).messages).toMatchObject([{ idempotencyKey: 'mail_1', headers: { 'X-Entity-Ref-ID': 'inv_1' }, tags: [{ name: 'kind', value: 'invoice' }] }])
})

test('the same key with the same request sends once and answers the same, whatever the order of fields', async () => {
  const first = await client().emails.send(letter, { idempotencyKey: 'k' })
  const again = await client().emails.send(Object.fromEntries(Object.entries(letter).toReversed()) as typeof letter, { idempotencyKey: 'k' })
  expect(again.data).toEqual(first.data)
  expect((await state()).messages).toHaveLength(1)
})

test('the same key with another request is refused', async () => {
  await client().emails.send(letter, { idempotencyKey: 'k' })
  const { error } = await client().emails.send({ ...letter, subject: 'Another' }, { idempotencyKey: 'k' })
  expect(error).toMatchObject({ statusCode: 409, name: 'invalid_idempotent_request' })
})

test('a key is forgotten after 24 hours', async () => {
  await client().emails.send(letter, { idempotencyKey: 'k' })
  mail.clock.advance(24 * 3_600_000)
  expect((await client().emails.send({ ...letter, subject: 'Another' }, { idempotencyKey: 'k' })).error).toBeNull()
  expect((await state()).messages).toHaveLength(2)
})

test('a refused request leaves its key free', async () => {
  await client().emails.send({ ...letter, to: 'nowhere' }, { idempotencyKey: 'k' })
  expect((await client().emails.send(letter, { idempotencyKey: 'k' })).error).toBeNull()
})

test('a second request under a key that is still being worked on conflicts', async () => {
  const slow = await start({ processingMs: 60 })
  const answers = await Promise.all([1, 2].map(() => client(slow).emails.send(letter, { idempotencyKey: 'k' })))
  expect(answers.map(({ error }) => error?.name ?? 'sent').toSorted()).toEqual(['concurrent_idempotent_requests', 'sent'])
  expect((await state(slow)).messages).toHaveLength(1)
})

test.each<[string, unknown, Record<string, string>, object]>([
  ['no recipient', { ...letter, to: undefined }, {}, { statusCode: 422, name: 'missing_required_field', message: 'Missing `to` field.' }],
  ['no subject', { ...letter, subject: '' }, {}, { statusCode: 422, name: 'missing_required_field', message: 'Missing `subject` field.' }],
  ['no content', { ...letter, html: undefined, text: undefined }, {}, { statusCode: 422, name: 'missing_required_field', message: 'Missing `html` or `text` field.' }],
  ['an address that is none', { ...letter, to: ['a@b.example', 'nowhere'] }, {}, { statusCode: 422, name: 'validation_error' }],
  ['51 recipients', { ...letter, to: Array.from({ length: 51 }, (_, index) => `a${index}@b.example`) }, {}, { statusCode: 422, name: 'validation_error' }],
  ['an attachment without content', { ...letter, attachments: [{ filename: 'a.pdf' }] }, {}, { statusCode: 422, name: 'invalid_attachment' }],
  ['a tag with a space', { ...letter, tags: [{ name: 'a b', value: 'c' }] }, {}, { statusCode: 422, name: 'validation_error' }],
  ['a time gone by', { ...letter, scheduled_at: '2020-01-01T00:00:00Z' }, {}, { statusCode: 422, name: 'validation_error', message: 'The `scheduled_at` field must be a future date' }],
  ['no JSON', '{', {}, { statusCode: 400, name: 'validation_error' }],
  ['a list', [letter], {}, { statusCode: 422, name: 'validation_error' }],
  ['a key of 257 letters', letter, { 'idempotency-key': 'k'.repeat(257) }, { statusCode: 400, name: 'invalid_idempotency_key', message: 'The key must be between 1-256 chars.' }],
])('%s is refused in Resend’s shape', async (_what, body, headers, error) => {
  const answer = await post('/emails', body, headers)
  const said = (await answer.json()) as { statusCode: number }
  expect(said).toMatchObject(error)
  expect(answer.status).toBe(said.statusCode)
  expect((await state()).messages).toEqual([])
})

test('without a key, with a wrong one, and with one that may only send, Resend says so', async () => {
  const missing = await fetch(`${mail.url}/emails`, { method: 'POST', body: '{}' })
  expect([missing.status, await missing.json()]).toMatchObject([401, { name: 'missing_api_key' }])
  expect((await client(mail, 're_wrong').emails.send(letter)).error).toMatchObject({ statusCode: 403, name: 'invalid_api_key' })
  const { data } = await client(mail, mail.sendingKey).emails.send(letter)
  expect((await client(mail, mail.sendingKey).emails.get(data?.id ?? '')).error).toMatchObject({ statusCode: 401, name: 'restricted_api_key' })
})

test('mail from a domain that is not verified is refused', async () => {
  const strict = await start({ domains: ['alderandfinch.example'] })
  expect((await client(strict).emails.send(letter)).error).toBeNull()
  expect((await client(strict).emails.send({ ...letter, from: 'a@elsewhere.example' })).error).toMatchObject({ statusCode: 403, name: 'validation_error' })
})

test('paths, methods and ids that do not exist are told apart', async () => {
  expect((await client().domains.list()).error).toMatchObject({ statusCode: 404, name: 'not_found' })
  expect((await client().emails.list()).error).toMatchObject({ statusCode: 405, name: 'method_not_allowed' })
  expect((await client().emails.get('17')).error).toMatchObject({ statusCode: 422, name: 'invalid_parameter' })
  expect((await client().emails.get('49a3999c-0ce1-4ea6-ab68-afcd6dc2e794')).error).toMatchObject({ statusCode: 404, name: 'not_found' })
})

test('a strict batch goes out whole or not at all, a permissive one without what is wrong', async () => {
  const broken = { ...letter, to: 'nowhere' }
  expect((await client().batch.send([letter, broken])).error).toMatchObject({ name: 'validation_error' })
  expect((await state()).messages).toHaveLength(0)
  const { data } = await client().batch.send([letter, broken, letter], { batchValidation: 'permissive' })
  expect(data?.data).toHaveLength(2)
  expect(data?.errors).toMatchObject([{ index: 1 }])
  const once = await client().batch.send([letter, letter], { idempotencyKey: 'b' })
  expect((await client().batch.send([letter, letter], { idempotencyKey: 'b' })).data).toEqual(once.data)
  expect((await state()).messages).toHaveLength(4)
})

test('more calls in a second than allowed are turned away with the headers that say when to come back', async () => {
  const busy = await start({ perSecond: 2, clock: createClock(1_000_000_000_000) })
  const sent = []
  for (let call = 0; call < 3; call++) sent.push(await client(busy).emails.send(letter))
  const first = sent[0]
  const last = sent[2]
  expect(first?.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '1' })
  expect(last?.error).toMatchObject({ statusCode: 429, name: 'rate_limit_exceeded' })
  expect(last?.headers).toMatchObject({ 'retry-after': '1', 'ratelimit-remaining': '0' })
  busy.clock.advance(1_000)
  expect((await client(busy).emails.send(letter)).error).toBeNull()
})

test('a scheduled message waits for its time, moves and can be called off', async () => {
  const at = (hours: number) => new Date(mail.clock.now() + hours * 3_600_000).toISOString()
  const send = async (hours: number) => (await client().emails.send({ ...letter, scheduledAt: at(hours) })).data?.id ?? ''
  const [kept, moved, called] = [await send(1), await send(1), await send(1)]
  await client().emails.update({ id: moved, scheduledAt: at(5) })
  expect((await client().emails.cancel(called)).data).toEqual({ object: 'email', id: called })
  mail.clock.advance(2 * 3_600_000)
  const events = async () => Promise.all([kept, moved, called].map(async id => (await client().emails.get(id)).data?.last_event))
  expect(await events()).toEqual(['delivered', 'scheduled', 'canceled'])
  mail.clock.advance(4 * 3_600_000)
  expect(await events()).toEqual(['delivered', 'delivered', 'canceled'])
  expect((await client().emails.cancel(kept)).error).toMatchObject({ statusCode: 422, name: 'validation_error' })
})

test('messages and keys outlive the process, and a reset forgets both', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-'))
  const dataPath = join(folder, 'mail.sqlite')
  const before = await startMailEmulator({ dataPath })
  const { data } = await client(before).emails.send(letter, { idempotencyKey: 'k' })
  await before.close()
  const after = await startMailEmulator({ dataPath })
  expect((await client(after).emails.send(letter, { idempotencyKey: 'k' })).data).toEqual(data)
  expect((await client(after).emails.send(letter)).data?.id).not.toBe(data?.id)
  await fetch(`${after.url}/_emulator/reset`, { method: 'POST' })
  expect((await state(after)).messages).toEqual([])
  await after.close()
  rmSync(folder, { recursive: true })
})

test('the inbox shows each message without scripts and lets nothing of it run', async () => {
  const { data } = await client().emails.send({ ...letter, subject: 'A <b>bold</b> one', html: '<html><head><style>p{color:red}</style></head><body><script>1</script><p>Pay</p></body></html>', text: 'See https://pay.example/i/1.' })
  const list = await (await fetch(mail.url)).text()
  expect(list).toContain('A &lt;b&gt;bold&lt;/b&gt; one')
  expect(list).toContain('pat@harbourcoffee.example')
  const reading = await (await fetch(`${mail.url}/inbox/${data?.id}`)).text()
  expect(reading).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"')
  const framed = await fetch(`${mail.url}/inbox/${data?.id}/html`)
  expect(framed.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await framed.text()).toContain('<head><base target="_blank">')
  const plain = await (await fetch(`${mail.url}/inbox/${data?.id}?part=text`)).text()
  expect(plain).toContain('See <a href="https://pay.example/i/1" target="_blank" rel="noreferrer">https://pay.example/i/1</a>.')
  expect(await (await fetch(`${mail.url}/?q=nobody`)).text()).toContain('Nothing matches “nobody”')
})

test('an attachment is offered as it was sent', async () => {
  const { data } = await client().emails.send({ ...letter, attachments: [{ filename: 'Faktura ä.txt', content: Buffer.from('paid') }] })
  const file = await fetch(`${mail.url}/inbox/${data?.id}/attachments/0`)
  expect(file.headers.get('content-disposition')).toContain("filename*=UTF-8''Faktura%20%C3%A4.txt")
  expect(await file.text()).toBe('paid')
})
