import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import { disconnect } from '../connection/disconnect.ts'
import type { Context } from '../context.ts'
import { newId, newToken } from '../ids.ts'
import { apiKeyView, connectionView, settingsView } from '../present/console.ts'
import { chooseSettings, ledgerAccounts } from '../settings/choose.ts'
import { currentImport, startImport } from '../sync/imports.ts'
import { ApiKey, ApiKeyCreated, Connection, Import, LedgerAccount, Settings, byId, settingsChange } from './console-schemas.ts'
import { localeFor } from './customer.ts'
import { problem } from './problem.ts'
import { body, json, orNull, refusals } from './schemas.ts'

const tags = ['Merchants']
const security = [{ bearer: [] }]

/** What is decided once: choices, the connection, imports. */
export function mountSettings(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'patch', path: '/v1/merchant/settings', tags, security, summary: 'Change settings', description: 'What is not named stays; null goes back to the default.', request: body(settingsChange), responses: { 200: json(Settings, 'The settings as they are now'), ...refusals } }),
    async c => {
      const { merchantId } = c.get('staff')
      const outcome = await chooseSettings(ctx)(merchantId, c.req.valid('json'))
      if (outcome.kind === 'refused') return problem(c, 'invalid-request', `${outcome.field} ${outcome.message}. Nothing was saved.`, { faults: [{ field: outcome.field, message: outcome.message }] }) as never
      return c.json(await settingsView(ctx, merchantId), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/ledger-accounts', tags, security, summary: 'The ledger accounts in which payments may be recorded', responses: { 200: json(z.object({ accounts: z.array(LedgerAccount) }), 'Active bank accounts and other current assets'), ...refusals } }),
    async c => c.json({ accounts: await ledgerAccounts(ctx, c.get('staff').merchantId) }, 200),
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/disconnect', tags, security, summary: 'Disconnect QuickBooks', description: 'The grant is revoked at Intuit and the tokens are deleted; everything else is kept.', request: body(z.strictObject({})), responses: { 200: json(Connection, 'The connection as it is now'), ...refusals } }),
    async c => {
      const { merchantId } = c.get('staff')
      await disconnect(ctx)(merchantId)
      return c.json(await connectionView(ctx, merchantId, localeFor(c, undefined)), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/imports', tags, security, summary: 'Read from QuickBooks now', description: 'Answers the run under way where there is one.', request: body(z.strictObject({ kind: z.enum(['since_last', 'customers', 'full']) })), responses: { 202: json(Import, 'The run'), ...refusals } }),
    async c => {
      const started = await startImport(ctx)(c.get('staff').merchantId, c.req.valid('json').kind)
      return started.kind === 'refused' ? (problem(c, 'conflict', started.problem) as never) : c.json(started.view, 202)
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/imports/current', tags, security, summary: 'The latest run', responses: { 200: json(z.object({ import: orNull(Import) }), 'The run; null before the first'), ...refusals } }),
    async c => c.json({ import: await currentImport(ctx)(c.get('staff').merchantId) }, 200),
  )
}

/** Keys for the merchant's own server. */
export function mountApiKeys(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/api-keys', tags, security, summary: 'The API keys', responses: { 200: json(z.object({ keys: z.array(ApiKey) }), 'The keys without their secret'), ...refusals } }),
    async c => {
      const keys = await ctx.store.merchant(c.get('staff').merchantId).sessions.apiKeys()
      return c.json({ keys: keys.filter(key => key.revokedAt === null).map(apiKeyView) }, 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/api-keys', tags, security, summary: 'Make an API key', request: body(z.strictObject({ name: z.string().trim().min(1, 'must not be empty').max(60) })), responses: { 201: json(ApiKeyCreated, 'The key, shown this once'), ...refusals } }),
    async c => {
      const { sessions } = ctx.store.merchant(c.get('staff').merchantId)
      const now = ctx.clock.now()
      const key = newToken('qk')
      const made = { id: newId('key', now), name: c.req.valid('json').name, lastFour: key.slice(-4), createdAt: now }
      await ctx.store.commit(sessions.addApiKey({ ...made, keyHash: ctx.vault.hash(key) }))
      return c.json({ ...apiKeyView({ ...made, lastUsedAt: null }), key }, 201)
    },
  )
  app.openapi(
    createRoute({ method: 'delete', path: '/v1/merchant/api-keys/{id}', tags, security, summary: 'End an API key', request: { params: byId }, responses: { 204: { description: 'Ended' }, ...refusals } }),
    async c => {
      const { sessions, changes } = ctx.store.merchant(c.get('staff').merchantId)
      const now = ctx.clock.now()
      const outcome = await ctx.store.commit(sessions.revokeApiKey(c.req.valid('param').id, now), changes.tellRightEnded(now))
      return outcome.kind === 'refused' ? problem(c, 'not-found', 'There is no such key.') : c.body(null, 204)
    },
  )
}
