import { expect, test } from 'vitest'
import type { ImportRow } from '../../db/queries/imports.ts'
import { stepsOf } from './import-plan.ts'
import { importView } from './import-view.ts'

const begun = 1_000_000
const run = (change: (steps: ImportRow['steps']) => void, more: Partial<ImportRow> = {}): ImportRow => {
  const steps = stepsOf('first_load', { begin: '2026-08-01', since: null })
  change(steps)
  return { merchantId: 'mer_1', id: 'imp_1', kind: 'first_load', state: 'running', steps, problem: null, startedAt: begun, progressAt: begun, finishedAt: null, ...more }
}
const steps = (rows: ImportRow['steps'], entity: string) => rows.filter(step => step.entity === entity && step.source === 'pages')

test('the bar knows its total once all that may be long has been counted, and shows rate and time left', () => {
  const row = run(rows => {
    for (const step of rows) Object.assign(step, { total: 0, state: 'done' })
    steps(rows, 'Invoice').forEach((step, i) => Object.assign(step, i === 0 ? { total: 8000, done: 3000, state: 'running' } : { total: 1000, done: 0, state: 'waiting' }))
    steps(rows, 'Payment').forEach(step => Object.assign(step, { total: 1000, done: 0, state: 'waiting' }))
  }, { progressAt: begun + 6000 })
  const view = importView(row, begun + 7000)
  expect(view).toMatchObject({ done: 3000, total: 10_000, rate: 500, secondsLeft: 13 })
  expect(view.steps.find(step => step.entity === 'Invoice')).toEqual({ entity: 'Invoice', label: 'Invoices', done: 3000, total: 9000, state: 'running' })
})

test('before anything was counted there is no total, no rate and no promise', () => {
  expect(importView(run(() => {}), begun)).toMatchObject({ done: 0, total: null, rate: null, secondsLeft: null, state: 'running' })
})

test('a run that has ended has nothing left, and its bar is full', () => {
  const view = importView(run(rows => rows.forEach(step => Object.assign(step, { total: 5, done: 5, state: 'done' })), { state: 'done', finishedAt: begun + 4000, progressAt: begun + 4000 }), begun + 9000)
  expect(view.done).toBe(view.total)
  expect(view.secondsLeft).toBeNull()
  expect(view.steps.every(step => step.state === 'done')).toBe(true)
})
