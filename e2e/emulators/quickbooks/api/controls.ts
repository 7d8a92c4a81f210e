import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { entities, entityNames } from '../books/entities.ts'
import { isObject, type JsonObject } from '../books/json.ts'
import { Refusal } from '../books/refusal.ts'
import { faultOf } from './faults.ts'
import type { AccountingParts } from './parts.ts'

const mergeSchema = z.strictObject({ realmId: z.string(), keepId: z.string(), goneId: z.string() })
const companySchema = z.strictObject({ realmId: z.string(), status: z.enum(['active', 'lapsed', 'reset']).exactOptional(), closingPassword: z.boolean().exactOptional() })
const limit = z.int().min(0).exactOptional()
const limitsSchema = z.strictObject({
  perMinuteRealm: limit, perSecondApp: limit, batchPerMinuteApp: limit, batchPerMinuteRealm: limit, emailsPerDay: limit, readsPerMonth: limit, changesPerAnswer: limit,
})
const personSchema = z.strictObject({
  realmId: z.string(),
  entity: z.enum(entityNames),
  operation: z.enum(['create', 'update', 'delete', 'void']),
  body: z.custom<JsonObject>(isObject),
  user: z.string().default('Avery Alder'),
})

/**
 * What happens to a company outside the API: `POST /_emulator/merge {realmId, keepId, goneId}` joins two customers;
 * `/_emulator/company {realmId, status, closingPassword}` lapses a subscription or resets a company; `/_emulator/limits {…}` moves Intuit's limits;
 * `/_emulator/person {realmId, entity, operation, body}` is a person at work in QuickBooks' own screens: the same rules and events, no token,
 * no meter. For update, delete and void a person always holds the newest SyncToken, so `body` need not carry one.
 */
export function mountControls(app: Hono<{ Bindings: HttpBindings }>, parts: AccountingParts): void {
  const { books } = parts
  app.post('/_emulator/merge', c => controlled(c, mergeSchema, asked => ({ Customer: books.merge(asked.realmId, asked.keepId, asked.goneId) })))
  app.post('/_emulator/company', c =>
    controlled(c, companySchema, ({ realmId, ...change }) => {
      books.setCompany(realmId, change)
      return { company: books.company(realmId) ?? null }
    }),
  )
  app.post('/_emulator/limits', c => controlled(c, limitsSchema, asked => ({ limits: Object.assign(parts.throttle.limits, asked) })))
  app.post('/_emulator/person', c =>
    controlled(c, personSchema, ({ realmId, entity, operation, body, user }) => {
      const id = String(body['Id'] ?? (entities[entity].kind === 'single' ? '1' : ''))
      const current = operation === 'create' ? undefined : books.read(realmId, entity, id)?.['SyncToken']
      return { [entity]: books.write(realmId, { entity, operation, body: current === undefined ? body : { ...body, SyncToken: current }, user }) }
    }),
  )
}

async function controlled<T>(c: Context, schema: z.ZodType<T>, carryOut: (asked: T) => object): Promise<Response> {
  const asked = schema.safeParse(await jsonOf(c))
  if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400)
  try {
    return c.json(carryOut(asked.data))
  } catch (error) {
    if (error instanceof Refusal) return c.json(faultOf(error), 400)
    throw error
  }
}

async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
