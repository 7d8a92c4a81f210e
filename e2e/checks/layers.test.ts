import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkLayers } from './layers.ts'
import { plantedProject, project } from './planted.ts'

/** For each rule a file that breaks it, and nothing but it; several import packages that are planted below. */
const sins: Record<string, Record<string, string>> = {
  'no-cycles': { 'api/sync/egg.ts': `import type { Hen } from './hen.ts'\nexport type Egg = Hen`, 'api/sync/hen.ts': `import type { Egg } from './egg.ts'\nexport type Hen = Egg` },
  'must-resolve': { 'api/sync/missing.ts': `import './nowhere.ts'` },
  'db-knows-nobody': { 'db/upwards.ts': `import type { Minor } from '../api/domain/money.ts'\nexport type Stored = Minor` },
  'domain-is-pure': { 'api/domain/impure.ts': `import { randomUUID } from 'node:crypto'\nexport const id = randomUUID` },
  'ports-are-our-words': { 'api/ports.ts': `import type { Context } from 'hono'\nexport type Port = Context` },
  'sql-lives-in-db': { 'api/sync/sql.ts': `import { sql } from 'drizzle-orm'\nexport const query = sql` },
  'adapters-are-strangers': { 'api/mail/stored.ts': `import { rows } from '../../db/clean.ts'\nexport const mail = rows` },
  'providers-are-strangers': { 'api/providers/paypal/borrowed.ts': `import { stripe } from '../stripe/clean.ts'\nexport const paypal = stripe` },
  'only-main-wires': { 'api/payments/wired.ts': `import { stripe } from '../providers/stripe/clean.ts'\nexport const charge = stripe` },
  'intuit-oauth-has-one-home': { 'api/qbo/client.ts': `import { OAuthClient } from 'intuit-oauth'\nexport const client = OAuthClient` },
  'stripe-has-one-home': { 'api/providers/authorize-net/sdk.ts': `import { Stripe } from 'stripe'\nexport const sdk = Stripe` },
  'resend-has-one-home': { 'api/qbo/sdk.ts': `import { Resend } from 'resend'\nexport const sdk = Resend` },
  'vendor-types-stay-outside': { 'api/routes/leak.ts': `import type { Stripe } from 'stripe'\nexport type Leak = Stripe` },
  'stripe-js-stays-on-the-pay-page': { 'widget/payer/loader.ts': `import { loadStripe } from '@stripe/stripe-js'\nexport const load = loadStripe` },
  'widget-takes-types-and-domain': { 'widget/server.ts': `import { app } from '../api/app.ts'\nexport const server = app` },
  'widget-runs-in-browsers': { 'widget/core.ts': `import { join } from 'node:path'\nexport const path = join` },
  'widget-stays-small': { 'widget/big.ts': `import { z } from 'zod'\nexport const schema = z` },
  'emulators-are-other-peoples': { 'e2e/emulators/stripe/insider.ts': `import { zero } from '../../../api/domain/money.ts'\nexport const none = zero` },
  'emulators-are-strangers': { 'e2e/emulators/mail/neighbour.ts': `import { clean } from '../stripe/clean.ts'\nexport const mail = clean` },
  'nothing-imports-e2e': { 'api/sync/sandboxed.ts': `import { clean } from '../../e2e/emulators/stripe/clean.ts'\nexport const sandbox = clean` },
  'fakes-are-for-tests': { 'widget/pretending.ts': `import { server } from './fake/server.ts'\nexport const pretend = server` },
  'nothing-imports-tests': { 'api/routes/fixture.ts': `import { fixture } from './route.test.ts'\nexport const route = fixture` },
}

const clean: Record<string, string> = {
  'api/domain/money.ts': `export type Minor = number\nexport const zero: Minor = 0`,
  'api/app.ts': `import type { rows } from '../db/clean.ts'\nexport const app: typeof rows = []`,
  'api/main.ts': `import { stripe } from './providers/stripe/clean.ts'\nexport const main = stripe`,
  'api/providers/stripe/clean.ts': `import { Stripe } from 'stripe'\nimport type { Minor } from '../../domain/money.ts'\nexport const stripe: [unknown, Minor] = [Stripe, 1]`,
  'api/qbo/oauth.ts': `import { OAuthClient } from 'intuit-oauth'\nexport const oauth = OAuthClient`,
  'api/routes/route.test.ts': `import { app } from '../app.ts'\nexport const fixture = app`,
  'db/clean.ts': `import { sql } from 'drizzle-orm'\nexport const rows = [sql]`,
  'widget/fake/server.ts': `import { z } from 'zod'\nexport const server = z`,
  'widget/pay/stripe.ts': `import { loadStripe } from '@stripe/stripe-js'\nexport const load = loadStripe`,
  'widget/clean.ts': `import { zero } from '../api/domain/money.ts'\nimport type { app } from '../api/app.ts'\nexport const widget: [number, typeof app] = [zero, []]`,
  'e2e/emulators/stripe/clean.ts': `import type { Stripe } from 'stripe'\nexport const clean: Stripe[] = []`,
  'e2e/world.ts': `import { main } from '../api/main.ts'\nimport { clean } from './emulators/stripe/clean.ts'\nexport const world = [main, clean]`,
}

const packages = Object.fromEntries(
  Object.entries({ stripe: 'Stripe', resend: 'Resend', hono: 'Context', zod: 'z', 'intuit-oauth': 'OAuthClient', 'drizzle-orm': 'sql', '@stripe/stripe-js': 'loadStripe' }).flatMap(([name, exported]) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' })],
    [`node_modules/${name}/index.js`, `export class ${exported} {}`],
  ]),
)
const configuration = ['.dependency-cruiser.mjs', 'tsconfig.json']

test('each layering rule catches the sin planted for it, and clean modules pass', async () => {
  const root = await plantedProject({ ...packages, ...clean, 'package.json': '{"type":"module"}', ...Object.assign({}, ...Object.values(sins)) }, configuration)
  const findings = await checkLayers(root)
  for (const [rule, files] of Object.entries(sins)) {
    const caught = findings.filter(finding => Object.keys(files).includes(finding.place)).map(finding => finding.rule)
    expect(caught, `${rule} for ${Object.keys(files).join(', ')}`).toContain(rule)
  }
  expect(findings.filter(finding => finding.place in clean)).toEqual([])
})

test('every layering rule has a planted sin', async () => {
  const written = await readFile(join(project, '.dependency-cruiser.mjs'), 'utf8')
  const rules = [...written.matchAll(/rule\('([\w-]+)'/g)].map(([, name = '']) => name)
  expect(rules.toSorted()).toEqual(Object.keys(sins).toSorted())
})

test('a layer check that reads no module fails', async () => {
  const nothing = await plantedProject({ 'package.json': '{"type":"module"}', 'api/notes.txt': 'no module here' }, configuration)
  expect(await checkLayers(nothing)).toMatchObject([{ rule: 'reads-modules' }])

  // What a checker that cannot read TypeScript does: it sees the folder and no module in it.
  const blind = (await readFile(join(project, '.dependency-cruiser.mjs'), 'utf8')).replace('options: {', `options: { includeOnly: 'nothing-at-all',`)
  const unread = await plantedProject({ ...clean, 'package.json': '{"type":"module"}', '.dependency-cruiser.mjs': blind }, ['tsconfig.json'])
  const findings = await checkLayers(unread)
  expect(findings.map(finding => finding.place).toSorted()).toEqual(Object.keys(clean).toSorted())
  expect(new Set(findings.map(finding => finding.rule))).toEqual(new Set(['reads-modules']))
})
