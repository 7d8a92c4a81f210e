import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig, settingNames } from './config.ts'

const complete = {
  SEALING_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  INTUIT_CLIENT_ID: 'id', INTUIT_CLIENT_SECRET: 'secret', RESEND_API_KEY: 're_1', MAIL_FROM: 'Shop <shop@example.com>',
}

test('a complete environment is read whole and cannot be changed afterwards', () => {
  const config = readConfig({ ...complete, PORT: '8080' })
  expect(config.port).toBe(8080)
  expect(config.publicUrl).toBe('http://127.0.0.1:8080')
  expect(config.stripe).toBeNull()
  expect(Object.isFrozen(config)).toBe(true)
})

test('every missing or malformed setting is named at once, with what to put there', () => {
  expect(() => readConfig({ PORT: 'many', SEALING_KEYS: 'k1:short', STRIPE_SECRET_KEY: 'nonsense' })).toThrow(
    /PORT must be a port number[\s\S]*SEALING_KEYS[\s\S]*openssl rand[\s\S]*INTUIT_CLIENT_ID is missing[\s\S]*STRIPE_SECRET_KEY must be a Stripe secret key[\s\S]*RESEND_API_KEY is missing[\s\S]*MAIL_FROM/,
  )
})

test('an error about settings never repeats a secret', () => {
  const attempt = () => readConfig({ ...complete, STRIPE_SECRET_KEY: 'very-secret-thing' })
  expect(attempt).toThrow('STRIPE_SECRET_KEY')
  expect(attempt).not.toThrow('very-secret-thing')
})

test('keys of different worlds are refused together', () => {
  expect(() => readConfig({ ...complete, STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_PUBLISHABLE_KEY: 'pk_test_1' })).toThrow('both be test keys or both be live keys')
  expect(() => readConfig({ ...complete, STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_PUBLISHABLE_KEY: 'pk_live_1', STRIPE_API_URL: 'http://127.0.0.1:9' })).toThrow('STRIPE_API_URL must be https://api.stripe.com')
  expect(() => readConfig({ ...complete, STRIPE_SECRET_KEY: 'sk_test_1' })).toThrow('belong together')
})

test('docs/settings.md lists every setting, and no other, and says of each whether it is required', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/settings.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name = '', absent = '']) => ({ name, required: absent.trim() === '**required**' }))
  const refused = () => readConfig({})
  expect(rows.map(row => row.name).toSorted()).toEqual([...settingNames].toSorted())
  for (const { name } of rows.filter(row => row.required)) expect(refused).toThrow(`- ${name} `)
  for (const { name } of rows.filter(row => !row.required)) expect(refused).not.toThrow(`- ${name} `)
})
