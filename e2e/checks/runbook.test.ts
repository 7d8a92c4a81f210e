import { expect, test } from 'vitest'
import { plantedProject } from './planted.ts'
import { checkRunbook } from './runbook.ts'

const whole = {
  'db/values.ts': `export const cardKinds = [\n  'charge_differs', 'mail_refused',\n] as const`,
  'api/metrics/gauges.ts': `const names = ['quittance_cards_open', 'quittance_call_seconds']`,
  'docs/alerts.yml': `groups:\n  - rules:\n      - alert: CardsOld\n        expr: quittance_cards_open > 0 and quittance_call_seconds_count > 1\n`,
  'docs/runbook.md': '`quittance_cards_open` and `quittance_call_seconds`\n\n### CardsOld\nx\n\n### charge_differs\nx\n\n### mail_refused\nx\n',
}

test('a runbook with a section for each card and alarm and a word for each figure is in order', async () => {
  expect(await checkRunbook(await plantedProject(whole))).toEqual([])
})

test('a card, an alarm or a figure that the runbook does not know is found, and so is one that is gone', async () => {
  const root = await plantedProject({
    ...whole,
    'db/values.ts': `export const cardKinds = ['charge_differs', 'books_differ'] as const`,
    'api/metrics/gauges.ts': `const names = ['quittance_cards_open', 'quittance_streams']`,
    'docs/alerts.yml': `      - alert: CardsOld\n        expr: quittance_gone > 0\n      - alert: Down\n        expr: up == 0\n`,
  })
  expect((await checkRunbook(root)).map(finding => [finding.rule, finding.place, /"### (\w+)"|\b(\w*_\w+)/.exec(finding.text)?.slice(1).find(Boolean)])).toEqual([
    ['runbook-has-sections', 'docs/runbook.md', 'books_differ'],
    ['runbook-has-sections', 'docs/runbook.md', 'Down'],
    ['runbook-sections-exist', 'docs/runbook.md', 'mail_refused'],
    ['runbook-names-figures', 'docs/runbook.md', 'quittance_streams'],
    ['figures-are-measured', 'docs/alerts.yml', 'quittance_gone'],
    ['figures-are-measured', 'docs/runbook.md', 'quittance_call_seconds'],
  ])
})
