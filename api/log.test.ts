import { expect, test } from 'vitest'
import { newId, newToken } from './ids.ts'
import { createLog } from './log.ts'

/** What is written of these fields, read back as a reader of the log would. */
function written(fields: Record<string, unknown>): Record<string, unknown> {
  const lines: string[] = []
  createLog('debug', { write: line => void lines.push(line) }).info(fields, 'said')
  return JSON.parse(lines.join('')) as Record<string, unknown>
}

test('a field with the name of a secret is left out, at the top and one below', () => {
  expect(written({ code: '123456', request: { authorization: 'x', path: '/' }, status: 200 })).toMatchObject({ request: { path: '/' }, status: 200, msg: 'said' })
  expect(JSON.stringify(written({ code: '123456', request: { authorization: 'Basic abc' } }))).not.toMatch(/123456|Basic/)
})

test('a secret inside an error’s words is not written, and the line stays JSON', () => {
  const secrets = [...(['lnk', 'ses', 'chk', 'mst', 'qk'] as const).map(newToken), 'sk_test_4eC39HqLyjWDarj', 'whsec_0123456789abcdef', 're_12345678abc', 'pi_1_secret_abcdef', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'AB11717000000abcdefghijklmnopqrstuvwxyz', 'RT1-12-H0-1234567890abcdefghij', 'pat.o+x@harbour-coffee.example', 'pat%40harbour.example']
  const words = secrets.map(secret => `params:\n${secret}\t"${secret}"\u0001${secret}`).join('\n')
  const line = written({ err: new Error(words), reason: words })
  const text = JSON.stringify(line)
  expect(secrets.filter(secret => text.includes(secret))).toEqual([])
  expect(line['reason']).toContain('params:\n')
})

test('ids are written whole, for they are no secrets', () => {
  const ids = [newId('lnk', 1_790_000_000_000), newId('chk', 1_790_000_000_000), newId('pay', 1_790_000_000_000), 'pay_AB11NVM0NXVYH9PB3J4H9HC1HG']
  expect(written({ ids })).toMatchObject({ ids })
})
