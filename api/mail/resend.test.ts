import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailEmulator, startMailEmulator } from '../../e2e/emulators/mail/index.ts'
import { createMailer } from './resend.ts'

let emulator: MailEmulator
beforeAll(async () => {
  emulator = await startMailEmulator()
})
afterAll(() => emulator.close())

const letter = { to: 'pat@harbourcoffee.example', from: 'Alder & Finch <invoices@alderandfinch.example>', replyTo: null, subject: 'Your receipt', html: '<p>Paid</p>', text: 'Paid', key: 'mail:mer_1:receipt-pay_1' }
const held = async () => ((await (await fetch(`${emulator.url}/_emulator/state?to=${letter.to}`)).json()) as { messages: { text: string }[] }).messages.map(mail => mail.text)

test('a letter whose key was used for other words counts as sent, and is not sent a second time', async () => {
  const mailer = createMailer({ apiUrl: emulator.url, apiKey: emulator.apiKey })
  const first = await mailer.send(letter)
  expect(first).toMatchObject({ kind: 'sent', ref: expect.any(String) })
  expect(await mailer.send(letter)).toEqual(first)
  expect(await mailer.send({ ...letter, text: 'Paid yesterday' })).toEqual({ kind: 'sent', ref: null })
  expect(await held()).toEqual(['Paid'])
  expect(await mailer.send({ ...letter, from: 'nobody', key: 'mail:mer_1:other' })).toMatchObject({ kind: 'refused' })
})
