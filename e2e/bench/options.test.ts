import { expect, test } from 'vitest'
import { readBenchOptions } from './options.ts'

const known = ['list', 'webhook']

test('names, rounds and file are read; all with five rounds where nothing is said', () => {
  expect(readBenchOptions([], known)).toEqual({ kind: 'measure', options: { names: [], runs: 5, json: null, write: false } })
  expect(readBenchOptions(['list', '--runs', '1', '--json', 'out.json'], known)).toEqual({ kind: 'measure', options: { names: ['list'], runs: 1, json: 'out.json', write: false } })
})

test('what cannot be done is refused with a sentence', () => {
  expect(readBenchOptions(['lists'], known)).toEqual({ kind: 'refused', problem: 'There is no figure called lists. There are: list, webhook.' })
  expect(readBenchOptions(['--runs', '0'], known)).toMatchObject({ kind: 'refused' })
  expect(readBenchOptions(['--fast'], known)).toMatchObject({ kind: 'refused' })
  expect(readBenchOptions(['--write', '--runs', '1'], known)).toMatchObject({ kind: 'refused' })
})
