import { expect, test } from 'vitest'
import { fuzzRequests, fuzzWebhooks } from './run.ts'
import { misfit } from './schema.ts'

const money = { type: 'object', properties: { amount: { type: 'integer' }, text: { type: 'string', pattern: '^\\$' } }, required: ['amount'] }
const known = { Money: money }

test.each([
  [{ amount: 1, text: '$1' }, true], [{ amount: 1, more: 1 }, true], [{ text: '$1' }, false], [{ amount: 1.5 }, false], [{ amount: '1' }, false], [{ amount: 1, text: '1' }, false], [[], false], [null, true], ['x', false],
])('what does not fit its description is found: %j', (value, fits) => {
  expect(misfit([value], { type: 'array', items: { anyOf: [{ $ref: '#/components/schemas/Money' }, { type: 'null' }] } }, known) === null).toBe(fits)
})

test('requests from the API’s own description, as described and mutated, are each answered as described and never by a failure', async () => {
  const { sent, statuses, findings } = await fuzzRequests({ count: 2_000, from: 1 })
  expect(findings).toEqual([])
  expect(sent).toBe(2_000)
  // Enough of them are let in and enough are refused: neither side is tried by the other alone.
  for (const status of [200, 201, 204, 400, 401, 404]) expect([status, (statuses[status] ?? 0) > 10]).toEqual([status, true])
}, 120_000)

test('webhooks with a body, a signature, a secret or a time that is not right are all refused, and nothing of them is kept', async () => {
  const { sent, statuses, findings } = await fuzzWebhooks({ count: 2_000, from: 1 })
  expect(findings).toEqual([])
  expect([sent, Object.keys(statuses)]).toEqual([2_000, ['400', '401', '413']])
}, 120_000)
