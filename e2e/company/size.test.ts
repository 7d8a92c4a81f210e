import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const heapMegabytes = 32

test.each([20_000, 200_000])('a company of %i invoices is told, and its books add up, in one and the same small heap', async invoices => {
  const tell = fileURLToPath(new URL('tell.ts', import.meta.url))
  // Past its bound Node ends the process, and with it this test.
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${heapMegabytes}`, tell, String(invoices)])
  const { counts, violations } = JSON.parse(stdout) as { counts: Record<string, number>; violations: unknown[] }
  expect(violations).toEqual([])
  expect(counts['Invoice']).toBe(invoices)
  // As many of the rest as a business of this size has: they grow with the invoices.
  for (const [entity, least] of [['Customer', 0.1], ['Payment', 0.5], ['Deposit', 0.05], ['CreditMemo', 0.005]] as const) expect(counts[entity], entity).toBeGreaterThan(invoices * least)
}, 60_000)
