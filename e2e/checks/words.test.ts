import { expect, test } from 'vitest'
import { plantedProject } from './planted.ts'
import { checkWords } from './words.ts'

// A bar stands in each sin and is taken out when it is planted, or the sins would be found in this very file.
const sins: Record<string, Record<string, string>> = {
  'no-html-sinks': { 'widget/sink.ts': `element.inner¦HTML = text`, 'widget/Sink.tsx': `<p dangerouslySetInner¦HTML={{ __html: text }} />`, 'api/routes/sink.ts': `document.¦write(text)` },
  'no-raw-sql': { 'db/queries/raw.ts': `sql¦.raw(text)` },
  'environment-has-one-reader': { 'api/routes/environment.ts': `process¦.env.SECRET`, 'db/url.ts': `process¦.env['DATABASE_URL']` },
  'no-float-money': { 'api/payments/float.ts': `parse¦Float(amount)`, 'widget/float.ts': `Math.round(amount * ¦100)` },
  'no-console': { 'api/sync/loud.ts': `console.¦log(customer)` },
  'no-swallowed-errors': { 'api/mail/quiet.ts': `try { send() } catch ¦{}`, 'e2e/quiet.ts': `send().catch(() => ¦{})` },
  'no-unrun-tests': { 'api/unrun.test.ts': `test.¦skip('x', () => expect(1).toBe(1))`, 'e2e/specs/only.spec.ts': `describe.concurrent.¦only('x', () => expect(1))` },
  'no-fixed-sleeps': { 'api/sleepy.test.ts': `expect(await new Promise(r => setTimeout(r, ¦500)))`, 'e2e/specs/sleepy.spec.ts': `expect(await page.waitFor¦Timeout(9))` },
  'no-unfinished-work': { 'widget/unfinished.ts': `// TO¦DO: the rest` },
  'no-registry-hosts': { '.npmrc': `registry=https://registry.¦npmjs.org` },
  'no-download-addresses': { 'package-lock.json': `"resolved": "¦https://somewhere/x.tgz"` },
  'no-machine-paths': { 'docs/where.md': `See /home/¦somebody/api.` },
  'tests-assert': { 'api/idle.test.ts': `test('nothing', () => undefined)` },
  'names-say-what': { 'api/utils/money.ts': `export const one = 1`, 'widget/helpers.ts': `export const two = 2` },
}

const clean: Record<string, string> = {
  'api/config.ts': `export const config = process¦.env`,
  'api/domain/money.ts': `export const text = amount.¦toFixed(2)`,
  'api/fine.test.ts': `test('waits for what must happen', async () => expect(await until(ready)).toBe(true))`,
  'widget/fine.ts': `element.textContent = text`,
  'docs/fine.md': `Do not use inner¦HTML.`,
}

const planted = (files: Record<string, string>) => plantedProject(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('¦', '')])))

test('each banned word is found where it is banned, under its own rule, and nowhere else', async () => {
  const root = await planted({ ...clean, ...Object.assign({}, ...Object.values(sins)) })
  const findings = await checkWords(root)
  const expected = Object.entries(sins).flatMap(([rule, files]) => Object.keys(files).map(path => `${rule} ${path}`))
  expect(findings.map(({ rule, place }) => `${rule} ${place.replace(/:\d+$/, '')}`).toSorted()).toEqual(expected.toSorted())
})

test('a finding names its line', async () => {
  const root = await planted({ 'db/queries/raw.ts': `one\ntwo\nsql¦.raw(text)` })
  expect(await checkWords(root)).toMatchObject([{ place: 'db/queries/raw.ts:3' }])
})
