import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Clock } from '../kit/clock.ts'
import { faultSchema, type Faults } from '../kit/faults.ts'
import { answerOfCode, faultCodes } from './api/fault-table.ts'
import type { Grants } from './oauth/grants.ts'
import type { Settings } from './settings.ts'
import type { Deliveries } from './webhooks/deliveries.ts'

const webhooksSchema = z.strictObject({ url: z.url({ protocol: /^https?$/ }).nullable(), format: z.enum(['classic', 'cloudevents']).default('cloudevents') })
const appSchema = z.strictObject({ redirectUris: z.array(z.url()).exactOptional(), rotation: z.enum(['each', 'daily']).exactOptional(), graceMs: z.int().min(0).exactOptional() })
const disconnectSchema = z.strictObject({ realmId: z.string() })
const faultCodeSchema = z.strictObject({
  code: z.string(),
  match: z.strictObject({ method: z.string().exactOptional(), path: z.string().exactOptional() }).exactOptional(),
  times: faultSchema.shape.times.unwrap().exactOptional(),
  skip: faultSchema.shape.skip.unwrap().exactOptional(),
})

/**
 * What a person would do in Intuit's developer portal or inside QuickBooks:
 * `POST /_emulator/webhooks {url, format}` (null stops deliveries), `POST /_emulator/app {redirectUris, rotation, graceMs}`,
 * `POST /_emulator/disconnect {realmId}` removes the app from a company;
 * `POST /_emulator/fault-code {code, match, times, skip}` lets the next matching call be refused with one of Intuit's error codes.
 */
export function controlRoutes(parts: { settings: Settings; grants: Grants; deliveries: Deliveries; faults: Faults; clock: Clock }): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.post('/_emulator/webhooks', async c => {
    const asked = webhooksSchema.safeParse(await bodyOf(c))
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400)
    const { url, format } = asked.data
    parts.deliveries.setEndpoint(url === null ? undefined : { url, format })
    return c.json({ endpoint: parts.deliveries.endpoint() ?? null })
  })
  app.post('/_emulator/app', async c => {
    const asked = appSchema.safeParse(await bodyOf(c))
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400)
    parts.settings.change(asked.data)
    return c.json({ app: parts.settings.current })
  })
  app.post('/_emulator/disconnect', async c => {
    const asked = disconnectSchema.safeParse(await bodyOf(c))
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400)
    return c.json({ ended: parts.grants.endRealm(asked.data.realmId) })
  })
  app.post('/_emulator/fault-code', async c => {
    const asked = faultCodeSchema.safeParse(await bodyOf(c))
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400)
    const { code, ...when } = asked.data
    const answer = answerOfCode(code, parts.clock)
    if (!answer) return c.json({ error: `no answer is known for the code ${code}`, known: faultCodes() }, 400)
    parts.faults.queue({ ...when, kind: 'answer', ...answer })
    return c.json({ waiting: parts.faults.waiting() }, 201)
  })
  return app
}

async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
