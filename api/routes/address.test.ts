import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { addressOf } from './address.ts'

const complete = { SEALING_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`, INTUIT_CLIENT_ID: 'id', INTUIT_CLIENT_SECRET: 'secret', RESEND_API_KEY: 're_1', MAIL_FROM: 'Shop <shop@example.com>' }

/** The address that limits count, for a connection from `remoteAddress`. */
async function counted(remoteAddress: string, forwarded: string | null, proxies = ''): Promise<string> {
  const { trustedProxies } = readConfig({ ...complete, TRUSTED_PROXIES: proxies })
  const app = new Hono().get('/', c => c.text(addressOf(c, trustedProxies)))
  return (await app.request('/', forwarded === null ? {} : { headers: { 'x-forwarded-for': forwarded } }, { incoming: { socket: { remoteAddress } } })).text()
}

test('nobody is believed about where they come from, unless they are a server of our own', async () => {
  expect(await counted('203.0.113.9', '198.51.100.7')).toBe('203.0.113.9')
  expect(await counted('203.0.113.9', '198.51.100.7', '10.0.0.0/8')).toBe('203.0.113.9')
  expect(await counted('10.0.0.2', '198.51.100.7', '10.0.0.0/8')).toBe('198.51.100.7')
})

test('what stands before the first server that is not ours was written by anybody', async () => {
  expect(await counted('127.0.0.1', '1.1.1.1, 198.51.100.7, 10.0.0.3', '127.0.0.1, 10.0.0.0/8')).toBe('198.51.100.7')
  expect(await counted('127.0.0.1', 'nonsense', '127.0.0.1')).toBe('127.0.0.1')
  expect(await counted('127.0.0.1', null, '127.0.0.1')).toBe('127.0.0.1')
  expect(await counted('::ffff:127.0.0.1', '198.51.100.7', '127.0.0.1')).toBe('198.51.100.7')
})

test('an IPv6 address counts by its network, however it is written', async () => {
  const same = ['2001:db8::1', '2001:db8:0:0::2', '2001:DB8:0:0:aaaa:bbbb:cccc:dddd', '2001:db8::5:6:7:8%eth0']
  expect(new Set(await Promise.all(same.map(address => counted(address, null)))).size).toBe(1)
  expect(await counted('2001:db8:0:1::1', null)).not.toBe(await counted('2001:db8::1', null))
  expect(await counted('::1', '2001:db8:1:2:3:4:5:6', '::1')).toBe('2001:db8:1:2')
})

test('a proxy that is no address is named', () => {
  for (const wrong of ['proxy.internal', '10.0.0.0/64', '10.0.0.0/', '2001:db8::/129', 'all']) expect(() => readConfig({ ...complete, TRUSTED_PROXIES: wrong })).toThrow(`TRUSTED_PROXIES must hold network addresses`)
})
