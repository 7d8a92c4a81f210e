import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { rememberAnswers } from './remember.ts'

/** A route behind the memory, in a world of a clock and a database's version alone; it counts how often it was asked. */
function remembering() {
  const world = { now: 0, version: 1 as number | null, asked: 0, before: Promise.resolve(), status: 200 as 200 | 403 }
  const ctx = { clock: { now: () => world.now }, store: { version: () => world.version }, config: { secureCookies: true }, lifetime: { isStopping: false } } as unknown as Context
  const app = new Hono().use('/v1/*', rememberAnswers(ctx)).all('/v1/*', async c => {
    await world.before
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
  expect(await ask()).toEqual({ asked: 2, of: '/v1/invoices' })
  world.now = 999
  expect(await ask()).toEqual({ asked: 2, of: '/v1/invoices' })
  world.now = 1_000
  expect(await ask()).toMatchObject({ asked: 3 })
  expect(await ask()).toMatchObject({ asked: 3 })
  world.version = 2
  expect(await ask()).toMatchObject({ asked: 4 })
})

test('nobody is given another’s answer, nor one to another question or in another language', async () => {
  const { ask } = remembering()
  const askAll = async () => {
    const answers = [await ask(), await ask('/v1/invoices', { token: 'lnk_of_another' }), await ask('/v1/invoices?filter=all'), await ask('/v1/portal'), await ask('/v1/invoices', { language: 'de' }), await ask('/v1/invoices', { method: 'POST' })]
    return answers.map(answer => answer.asked)
  }
  expect(await askAll()).toEqual([1, 2, 3, 4, 5, 6])
  expect(await askAll()).toEqual([7, 8, 9, 10, 11, 12])
  expect(await askAll()).toEqual([7, 8, 9, 10, 11, 13])
})

test('a refusal is not kept, nor anything where other processes write', async () => {
  const { world, ask } = remembering()
  world.status = 403
  for (const asked of [1, 2, 3]) expect(await ask()).toMatchObject({ asked })
  world.status = 200
  world.version = null
  for (const asked of [4, 5, 6]) expect(await ask()).toMatchObject({ asked })
})

test('an answer that was begun before something was written is not kept for whoever asks after it', async () => {
  const { world, ask } = remembering()
  await ask()
  const written = Promise.withResolvers<void>()
  world.before = written.promise
  const old = ask()
  world.before = Promise.resolve()
  world.version = 2
  await ask()
  written.resolve()
  expect(await old).toMatchObject({ asked: 3 })
  expect(await ask()).toMatchObject({ asked: 4 })
})
