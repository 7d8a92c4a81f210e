import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { rememberAnswers } from './remember.ts'

/** A route behind the memory, in a world of a clock and a database's version alone; it counts how often it was asked. */
function remembering() {
  const world = { now: 0, version: 1 as number | null, asked: 0, during: () => {}, status: 200 as 200 | 403 }
  const ctx = { clock: { now: () => world.now }, store: { version: () => world.version }, vault: { hash: (token: string) => token } } as unknown as Context
  const app = new Hono().use('/v1/*', rememberAnswers(ctx)).all('/v1/*', c => {
    world.during()
    return c.json({ asked: ++world.asked, of: c.req.path }, world.status)
  })
  const ask = async (path = '/v1/invoices', { token = 'lnk_of_one_payer', method = 'GET', language = 'en' } = {}) => {
    const answer = await app.request(path, { method, headers: { authorization: `Bearer ${token}`, 'accept-language': language } })
    expect(answer.headers.get('content-type')).toBe('application/json')
    return (await answer.json()) as { asked: number; of: string }
  }
  return { world, ask }
}

test('a question that is asked again is answered from memory while nothing is written, for less than a second', async () => {
  const { world, ask } = remembering()
  expect(await ask()).toEqual({ asked: 1, of: '/v1/invoices' })
  world.now = 999
  expect(await ask()).toEqual({ asked: 1, of: '/v1/invoices' })
  world.now = 1_000
  expect(await ask()).toMatchObject({ asked: 2 })
  world.version = 2
  expect(await ask()).toMatchObject({ asked: 3 })
})

test('nobody is given another’s answer, nor one to another question or in another language', async () => {
  const { ask } = remembering()
  const answers = [await ask(), await ask('/v1/invoices', { token: 'lnk_of_another' }), await ask('/v1/invoices?filter=all'), await ask('/v1/portal'), await ask('/v1/invoices', { language: 'de' }), await ask('/v1/invoices', { method: 'POST' })]
  expect(answers.map(answer => answer.asked)).toEqual([1, 2, 3, 4, 5, 6])
  expect(await ask('/v1/invoices', { method: 'POST' })).toMatchObject({ asked: 7 })
})

test('an answer during which something was written is not kept, nor a refusal, nor anything where other processes write', async () => {
  const { world, ask } = remembering()
  world.during = () => void (world.version = (world.version ?? 0) + 1)
  await ask()
  expect(await ask()).toMatchObject({ asked: 2 })
  world.during = () => {}
  world.status = 403
  await ask()
  expect(await ask()).toMatchObject({ asked: 4 })
  world.status = 200
  world.version = null
  await ask()
  expect(await ask()).toMatchObject({ asked: 6 })
})
