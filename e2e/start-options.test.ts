import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readStartOptions } from './start-options.ts'

test('with nothing said, the sandbox is small and stands where the README says', () => {
  expect(readStartOptions([], {})).toEqual({ kind: 'start', options: { host: '127.0.0.1', port: 4000, dataDir: resolve('.data/sandbox'), invoices: 200, company: null } })
  expect(readStartOptions([], { PORT: '', HOST: '', DATA_DIR: '' })).toEqual(readStartOptions([], {}))
})

test('what is said is taken, and folders are found from where it was typed', () => {
  expect(readStartOptions(['--invoices', '10000', '--company=books'], { PORT: '5000', HOST: '0.0.0.0', DATA_DIR: 'elsewhere' })).toEqual({
    kind: 'start', options: { host: '0.0.0.0', port: 5000, dataDir: resolve('elsewhere/sandbox'), invoices: 10_000, company: resolve('books') },
  })
  expect(readStartOptions(['--help'], {})).toEqual({ kind: 'help' })
})

test.each([
  [['--invoices', 'many'], {}, '50 to 1,000,000'],
  [['--invoices', '7'], {}, '50 to 1,000,000'],
  [['--invoices', '99.5'], {}, '50 to 1,000,000'],
  [['--compnay', 'books'], {}, "Unknown option '--compnay'."],
  [['books'], {}, "Unexpected argument 'books'."],
  [[], { PORT: 'http' }, 'PORT takes a number from 1 to 65535.'],
] as const)('%j with %j is refused in a sentence', (typed, env, problem) => {
  expect(readStartOptions(typed, env)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) as string })
})
