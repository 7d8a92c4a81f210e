import { expect, test } from 'vitest'
import type { ImportStep, ImportView } from '../api/domain/console-views.ts'
import { progressLine } from './progress-line.ts'

const step = (label: string, state: ImportStep['state'], done: number, total: number | null): ImportStep => ({ entity: label, label, state, done, total })
const running: ImportView = {
  id: 'imp_1', kind: 'first_load', state: 'running', done: 0, total: null, rate: null, secondsLeft: null, startedAt: '2026-11-20T18:00:00Z', finishedAt: null, problem: null,
  steps: [step('Customers', 'waiting', 0, null), step('Invoices', 'waiting', 0, null)],
}
const barOf = (line: string) => /\[(█*)(·*)\]/.exec(line)?.slice(1).map(part => part.length)

test('before QuickBooks has said how much there is, the bar is empty and nothing is promised', () => {
  expect(progressLine(running)).toBe(`  [${'·'.repeat(30)}] 0 of ?`)
})

test('under way, the line says done of total, the entity at work with its own, the rate and the time left', () => {
  const line = progressLine({ ...running, done: 150, total: 600, rate: 49.6, secondsLeft: 9, steps: [step('Customers', 'done', 100, 100), step('Invoices', 'running', 50, 500)] })
  expect(line).toBe(`  [${'█'.repeat(8)}${'·'.repeat(22)}] 150 of 600, Invoices 50 of 500, 50 a second, 9 s left`)
})

test('the entity named moves with the work, and an entity whose total is not known yet counts what came', () => {
  const named = (steps: ImportStep[]) => progressLine({ ...running, done: 3, total: 12, steps }).split(', ')[1]
  expect(named([step('Customers', 'running', 3, 10), step('Invoices', 'waiting', 0, null)])).toBe('Customers 3 of 10')
  expect(named([step('Customers', 'done', 10, 10), step('Invoices', 'running', 2, null)])).toBe('Invoices 2 of 2')
  expect(named([step('Customers', 'done', 10, 10), step('Invoices', 'done', 2, 2), step('Payments', 'waiting', 0, null)])).toBe('Invoices 2 of 2')
})

test('the bar moves with the share that is done, is full at the end, and never longer than itself', () => {
  const filled = [0, 15, 30, 60, 75].map(done => barOf(progressLine({ ...running, done, total: 60 })))
  expect(filled).toEqual([[0, 30], [8, 22], [15, 15], [30, 0], [30, 0]])
  expect(progressLine({ ...running, state: 'done', done: 60, total: 60, rate: 30, secondsLeft: 0, steps: [step('Invoices', 'done', 60, 60)] })).toBe(`  [${'█'.repeat(30)}] 60 of 60, Invoices 60 of 60, 30 a second`)
})
