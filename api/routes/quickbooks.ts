import { Hono, type Context as HonoContext } from 'hono'
import { beginConnect, finishConnect } from '../connection/connect.ts'
import { disconnectedAtIntuit } from '../connection/disconnect.ts'
import type { Context } from '../context.ts'
import { sendPlain } from '../pages/plain.ts'
import { receiveEvents } from '../sync/receive.ts'
import { consoleSession } from './guard.ts'
import { problem } from './problem.ts'

/** Connecting a company, and the pages that Intuit's store asks for. */
export function quickbooksRoutes(ctx: Context) {
  const app = new Hono()
  app.get('/console/connect', async c => {
    const session = await consoleSession(ctx, c)
    return session ? away(c, await beginConnect(ctx)(session)) : away(c, '/console')
  })
  app.get('/quickbooks/callback', c => callback(ctx, c))
  app.get('/quickbooks/launch', c => away(c, '/console'))
  app.get('/quickbooks/connect', c => connectPage(ctx, c, { title: 'Connect to QuickBooks', text: 'Sign in first. Then connect your QuickBooks company, and your customers can see and pay their invoices on your web site.' }))
  app.get('/quickbooks/reconnect', c => connectPage(ctx, c, { title: 'Reconnect to QuickBooks', text: 'Sign in first, then connect the same QuickBooks company again. Your customers, invoices, links and settings are kept.' }))
  app.get('/quickbooks/disconnected', async c => {
    const realmId = c.req.query('realmId') ?? ''
    if (/^\d{1,20}$/.test(realmId)) await disconnectedAtIntuit(ctx)(realmId)
    return sendPlain(c, {
      title: 'Disconnected from QuickBooks',
      text: 'Your QuickBooks company is no longer connected. Nothing was deleted in QuickBooks. Customers, invoices and settings are kept here, and you can connect the same company again at any time.',
      action: { href: '/quickbooks/reconnect', label: 'Reconnect to QuickBooks' },
    })
  })
  return app
}

/** Intuit's webhooks. */
export const quickbooksHook = (ctx: Context) => new Hono().post('/hooks/quickbooks', c => webhook(ctx, c))

/** Sends the browser on at once, so that the code does not stay in its address bar or history. */
async function callback(ctx: Context, c: HonoContext): Promise<Response> {
  const { state = '', code = null, realmId = null, error = null } = c.req.query() as Record<string, string | undefined>
  const taken = await ctx.store.control.connections.takeState(ctx.vault.hash(state), ctx.clock.now())
  const session = await consoleSession(ctx, c)
  if (taken?.purpose !== 'connect' || !taken.merchantId || !session || session.sessionHash !== taken.sessionHash || session.merchantId !== taken.merchantId) return away(c, '/console?problem=state-expired')
  const outcome = await finishConnect(ctx)(taken.merchantId, { code, realmId, error })
  return away(c, outcome.kind === 'connected' ? '/console?connected=1' : `/console?problem=${outcome.problem}`)
}

async function connectPage(ctx: Context, c: HonoContext, words: { title: string; text: string }): Promise<Response> {
  return (await consoleSession(ctx, c)) ? away(c, '/console/connect') : sendPlain(c, { ...words, action: { href: '/console', label: 'Sign in' } })
}

async function webhook(ctx: Context, c: HonoContext): Promise<Response> {
  const raw = new Uint8Array(await c.req.arrayBuffer())
  const received = ctx.intuitWebhook.receive(raw, c.req.header('intuit-signature') ?? null)
  switch (received.kind) {
    case 'unconfigured':
      return problem(c, 'unavailable', 'No verifier token of Intuit is set. Set INTUIT_WEBHOOK_VERIFIER, and Intuit will send this again.')
    case 'forged':
      ctx.metrics.webhook('quickbooks', 'refused')
      ctx.log.warn({ bytes: raw.length }, 'a webhook with a wrong signature was refused')
      return problem(c, 'unauthorized', 'The signature is not that of this body under the verifier token. Check INTUIT_WEBHOOK_VERIFIER.')
    case 'malformed':
    case 'events':
      await ctx.pass('W0')
      await receiveEvents(ctx)(received, new TextDecoder().decode(raw))
      ctx.metrics.webhook('quickbooks', received.kind === 'malformed' ? 'unreadable' : 'kept')
      await ctx.pass('W1')
      return c.body(null, 200)
  }
}

function away(c: HonoContext, to: string): Response {
  c.header('cache-control', 'no-store')
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(to, 302)
}
