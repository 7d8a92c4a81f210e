import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import type { Context } from '../context.ts'
import { problem } from './problem.ts'

/** `GET /healthz`: 200 when ready to serve, with the state of each part. `GET /sandbox`: where everything is, in the sandbox alone. */
export function healthRoutes(ctx: Context) {
  const app = new Hono()
  app.get('/healthz', async c => {
    const outbox = await ctx.store.control.outbox.backlog()
    const inbox = await ctx.store.control.inbox.backlog()
    const sandbox = ctx.config.sandboxFile ? ((await readSandbox(ctx)) ? 'ready' : 'being set up') : null
    const ready = sandbox !== 'being set up'
    const parts = {
      database: 'ready', pages: 'ready', outbox: { ...outbox, oldestDueAt: timeOf(outbox.oldestDueAt) }, inbox: { ...inbox, oldestAt: timeOf(inbox.oldestAt) },
      stripe: ctx.stripe ? 'configured' : 'no keys: no card payments', quickbooksWebhooks: ctx.config.intuit.webhookVerifier ? 'configured' : 'no verifier token: changes come by the sweep alone',
      ...(sandbox ? { sandbox } : {}),
    }
    return c.json({ status: ready ? 'ready' : 'starting', parts }, ready ? 200 : 503, { 'cache-control': 'no-store' })
  })
  app.get('/sandbox', async c => {
    if (!ctx.config.sandboxFile) return problem(c, 'not-found', 'This is not the sandbox. `npm start` runs one.')
    const text = await readSandbox(ctx)
    return text ? c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' }) : problem(c, 'unavailable', 'The sandbox is being set up. Try again in a few seconds.', { retryAfterS: 2 })
  })
  return app
}

async function readSandbox(ctx: Context): Promise<string | null> {
  if (!ctx.config.sandboxFile) return null
  return readFile(ctx.config.sandboxFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
