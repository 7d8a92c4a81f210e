import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Context } from '../context.ts'
import { sendPlain } from '../pages/plain.ts'
import { askConsoleCode } from '../sessions/codes.ts'
import { type MemberSession, signInMember } from '../sessions/console.ts'
import { type IntuitSignInProblem, beginIntuitSignIn, finishIntuitSignIn, openPerson, sealPerson } from '../sessions/intuit.ts'
import { sameHash } from '../vault.ts'
import { mayTry } from './customer.ts'
import { consoleSession, sessionCookie } from './guard.ts'
import { problem } from './problem.ts'
import { body, email, json, refusals } from './schemas.ts'

const shortS = 10 * 60
type CookieName = 'browser' | 'person'

/** The ways into the console, open to everybody: a mailed code, or Intuit. */
export function mountSignIn(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/sign-in/codes', tags: ['Merchants'], summary: 'Mail a sign-in code for the console', request: body(z.strictObject({ email })), responses: { 202: json(z.object({ sent: z.literal(true) }), 'The same answer for every address'), ...refusals } }),
    async c => {
      if (!(await mayTry(ctx, c, 'code'))) return problem(c, 'rate-limited', 'Too many codes were asked for. Wait a few minutes and try again.', { retryAfterS: 300 }) as never
      await askConsoleCode(ctx)(c.req.valid('json').email)
      return c.json({ sent: true as const }, 202)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/sign-in/sessions', tags: ['Merchants'], summary: 'Sign in to the console with a mailed code', description: 'Sets the console’s cookie for 14 days. Whoever comes for the first time becomes a merchant.', request: body(z.strictObject({ email, code: z.string().regex(/^\d{6}$/, 'must be the six digits of the mail') })), responses: { 201: json(z.object({ merchantId: z.string() }), 'Signed in'), ...refusals } }),
    async c => {
      if (!(await mayTry(ctx, c, 'try'))) return problem(c, 'rate-limited', 'Too many tries. Wait a few minutes and ask for a new code.', { retryAfterS: 300 }) as never
      const asked = c.req.valid('json')
      const session = await signInMember(ctx)(asked.email, asked.code, openPerson(ctx, getCookie(c, shortCookie(ctx, 'person'))))
      if (!session) return problem(c, 'invalid-code', 'This code is not right or no longer good. Check the newest mail, or ask for a new code.') as never
      await enter(ctx, c, session)
      return c.json({ merchantId: session.merchantId }, 201)
    },
  )
  app.get('/console/intuit', async c => {
    const { url, browser } = await beginIntuitSignIn(ctx)()
    keepShortly(ctx, c, 'browser', browser)
    c.header('cache-control', 'no-store')
    return c.redirect(url, 302)
  })
  app.get('/console/intuit/callback', c => signInFromIntuit(ctx, c))
  app.get('/console/intuit/ended', c => sendPlain(c, wordsOf(c.req.query('why'))))
}

/** Signing out ends the session on the server too. */
export function mountSignOut(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'delete', path: '/v1/merchant/session', tags: ['Merchants'], summary: 'Sign out of the console', responses: { 204: { description: 'Signed out' }, ...refusals } }),
    async c => {
      const staff = c.get('staff')
      const { sessions, changes } = ctx.store.merchant(staff.merchantId)
      if (staff.kind === 'member') await ctx.store.commit(sessions.endMemberSession(staff.sessionHash), changes.tellRightEnded(ctx.clock.now()))
      deleteCookie(c, sessionCookie(ctx), { path: '/', secure: ctx.config.secureCookies })
      return c.body(null, 204)
    },
  )
}

/** Intuit sends a person back who wanted to sign in. The answer is good once, and in the browser alone that asked. */
async function signInFromIntuit(ctx: Context, c: HonoContext): Promise<Response> {
  const { state = '', code = null, error = null } = c.req.query() as Record<string, string | undefined>
  const taken = await ctx.store.control.connections.takeState(ctx.vault.hash(state), ctx.clock.now())
  const browser = getCookie(c, shortCookie(ctx, 'browser'))
  forget(ctx, c, 'browser')
  if (taken?.purpose !== 'sign_in' || !browser || taken.sessionHash === null || !sameHash(ctx.vault.hash(browser), taken.sessionHash)) return away(c, endedAt('expired'))
  const outcome = await finishIntuitSignIn(ctx)({ code, error }, await consoleSession(ctx, c))
  if (outcome.kind === 'signed_in') {
    await enter(ctx, c, outcome.session)
    return away(c, '/console')
  }
  if (outcome.problem === 'known-address') keepShortly(ctx, c, 'person', sealPerson(ctx, outcome.person))
  return away(c, endedAt(outcome.problem))
}

/** The browser holds the new session alone; the one before it ends. */
async function enter(ctx: Context, c: HonoContext, session: MemberSession): Promise<void> {
  const before = await consoleSession(ctx, c)
  if (before) await ctx.store.commit(ctx.store.merchant(before.merchantId).sessions.endMemberSession(before.sessionHash))
  forget(ctx, c, 'person')
  setCookie(c, sessionCookie(ctx), session.token, { ...cookieRules(ctx), maxAge: Math.round((session.expiresAt - ctx.clock.now()) / 1000) })
}

/** Sends the browser on at once, so that the code does not stay in its address bar or history. */
function away(c: HonoContext, to: string): Response {
  c.header('cache-control', 'no-store')
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(to, 302)
}

function cookieRules(ctx: Context) {
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure: ctx.config.secureCookies } as const
}

function shortCookie(ctx: Context, name: CookieName): string {
  return `${sessionCookie(ctx)}-intuit-${name}`
}

function keepShortly(ctx: Context, c: HonoContext, name: CookieName, value: string): void {
  setCookie(c, shortCookie(ctx, name), value, { ...cookieRules(ctx), maxAge: shortS })
}

function forget(ctx: Context, c: HonoContext, name: CookieName): void {
  if (getCookie(c, shortCookie(ctx, name)) !== undefined) deleteCookie(c, shortCookie(ctx, name), { path: '/', secure: ctx.config.secureCookies })
}

const endedAt = (why: IntuitSignInProblem) => `/console/intuit/ended?why=${why}`
const toSignIn = { href: '/console', label: 'Back to sign in' }

function wordsOf(why: string | undefined): Parameters<typeof sendPlain>[1] {
  switch (why as IntuitSignInProblem | undefined) {
    case 'declined':
      return { title: 'You did not sign in', text: 'You chose not to share your name with us at Intuit, so nothing was changed. You can sign in with a code by e-mail instead.', action: toSignIn }
    case 'unverified':
      return { title: 'Your address is not confirmed at Intuit', text: 'Intuit has not confirmed your e-mail address yet, so we cannot rely on it. Confirm it in your Intuit profile, or sign in with a code by e-mail.', action: toSignIn }
    case 'known-address':
      return { title: 'One more step, this once', text: 'Your e-mail address is already in use here. Sign in once with the code that we mail to it, in this browser and within ten minutes: from then on “Sign in with Intuit” leads to the same console.', action: { href: '/console', label: 'Sign in with a code' } }
    case 'unavailable':
      return { title: 'Intuit did not tell us who you are', text: 'The sign-in could not be finished and nothing was changed. Try again in a minute, or sign in with a code by e-mail.', action: toSignIn }
    case 'expired':
    case undefined:
      return { title: 'This sign-in has ended', text: 'It took too long, was used already, or came from another browser. Nothing was changed. Start again from the console.', action: toSignIn }
  }
}
