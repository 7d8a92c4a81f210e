import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import type { Context } from '../context.ts'
import type { System } from '../metrics/metrics.ts'
import { problem } from './problem.ts'

/** A database that has not answered within this counts as gone. */
const databaseMostMs = 2_000

/** `GET /healthz`: 200 when ready to serve, with the state of each part; it asks nobody outside. `GET /sandbox`: where everything is, in the sandbox alone. */
export function healthRoutes(ctx: Context) {
  const app = new Hono()
  app.get('/healthz', async c => {
    const { isStopping } = ctx.lifetime
    const work = isStopping ? null : await askDatabase(ctx)
    const sandbox = ctx.config.sandboxFile ? ((await readSandbox(ctx)) ? 'ready' : 'being set up') : null
    const status = isStopping ? 'stopping' : work === null ? 'failing' : sandbox === 'being set up' ? 'starting' : 'ready'
    const parts = {
      database: isStopping ? 'closing' : work === null ? 'does not answer' : 'ready', pages: 'ready', ...work,
      quickbooks: seen(ctx, 'quickbooks'), intuit: seen(ctx, 'intuit'), mail: seen(ctx, 'mail'),
      stripe: ctx.stripe ? seen(ctx, 'stripe') : 'no keys: no card payments', quickbooksWebhooks: ctx.config.intuit.webhookVerifier ? 'configured' : 'no verifier token: changes come by the sweep alone',
      ...(sandbox ? { sandbox } : {}),
    }
    return c.json({ status, parts }, status === 'ready' ? 200 : 503, { 'cache-control': 'no-store', ...(status === 'ready' ? {} : { 'retry-after': '3' }) })
  })
  app.get('/sandbox', async c => {
    if (!ctx.config.sandboxFile) return problem(c, 'not-found', 'This is not the sandbox. `npm start` runs one.')
    const text = await readSandbox(ctx)
    return text ? c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' }) : problem(c, 'unavailable', 'The sandbox is being set up. Try again in a few seconds.', { retryAfterS: 2 })
  })
  return app
}

/** What is owed and waits, and who is being brought up to date after a restore; null where the database does not answer in time. */
async function askDatabase(ctx: Context) {
  const { outbox, inbox, figures } = ctx.store.control
  const asked = Promise.all([outbox.backlog(), inbox.backlog(), figures.recoveries()])
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await Promise.race([asked, new Promise<null>(resolve => (timer = setTimeout(resolve, databaseMostMs, null)))])
    if (answer === null) return null
    const [owed, received, recovering] = answer
    return {
      outbox: { ...owed, oldestDueAt: timeOf(owed.oldestDueAt) }, inbox: { ...received, oldestAt: timeOf(received.oldestAt) },
      // Pages must be served meanwhile: whoever has to connect QuickBooks again does it there.
      recovery: recovering === 0 ? 'none' : `payments of ${recovering} merchants wait until what happened since the backup has been found again`,
    }
  } catch (error) {
    ctx.log.error({ err: error }, 'the database does not answer')
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** How a system answered when it was last called. */
function seen(ctx: Context, system: System): { state: 'not called yet' | 'answers' | 'does not answer'; answeredAt: string | null; failedAt: string | null; failure: string | null } {
  const { answeredAt, failedAt, failure } = ctx.metrics.lastSeen(system)
  const state = answeredAt === null && failedAt === null ? 'not called yet' : (answeredAt ?? 0) >= (failedAt ?? 0) ? 'answers' : 'does not answer'
  return { state, answeredAt: timeOf(answeredAt), failedAt: timeOf(failedAt), failure }
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
