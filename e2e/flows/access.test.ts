import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import { loadAssets } from '../../api/pages/assets.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { type Caller, type CallerName, type Cast, castOf, ended, payers, signInByCode, staff } from './callers.ts'
import { deskOf } from './payer.ts'
import { changedSince, rowsOf } from './rows.ts'
import { newCustomer } from './visitor.ts'

let world: World
let cast: Cast
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  cast = await castOf(world)
  await world.settled()
}, 90_000)
afterAll(() => world?.close())

type Fill = { path: string; body?: object }
/** Who is let in; how a route speaks of an id; `deed` where it changes something, so that nobody who may is let do it here; `preview` is what a merchant's own look is told instead. */
type Rule = { who: 'all' | 'payer' | 'staff' | 'key' | 'link'; of?: 'invoice' | 'customer' | 'other'; fill?: (id: string) => Fill; deed?: true; preview?: 409 }

const open: Rule = { who: 'all' }
const at = (path: string, body?: (id: string) => object) => (id: string): Fill => ({ path: path.replace(':id', id), ...(body ? { body: body(id) } : {}) })
const staffDeed = (path: string, of: Rule['of'], body: (id: string) => object = () => ({})): Rule => ({ who: 'staff', of: of ?? 'other', deed: true, fill: at(path, body) })
const pay = (more: string): Rule => ({ who: 'all', of: 'other', fill: id => ({ path: `/pay/${id}${more}` }) })

/** Every route of the product. One that is not here fails the test below. */
const rules: Readonly<Record<string, Rule>> = {
  'GET /': open, 'GET /healthz': open, 'GET /metrics': open, 'GET /sandbox': open, 'GET /openapi.json': open, 'GET /docs': open, 'GET /problems/:code': open, 'GET /console': open, 'GET /console/*': open,
  'GET /v1/quittance.js': open, 'GET /v1/c/:name': open, 'GET /v1/pages/:name': open,
  'GET /v1/merchants/:key': { who: 'all', of: 'other', fill: at('/v1/merchants/pk_:id') },
  'GET /pay-online/:key': { who: 'all', of: 'other', fill: at('/pay-online/:id') },
  'POST /v1/sign-in/codes': open, 'POST /v1/sign-in/sessions': open, 'POST /v1/merchant/sign-in/codes': open, 'POST /v1/merchant/sign-in/sessions': open,
  'POST /hooks/quickbooks': open, 'POST /hooks/stripe': open,
  'GET /console/connect': open, 'GET /quickbooks/callback': open, 'GET /quickbooks/launch': open, 'GET /quickbooks/connect': open, 'GET /quickbooks/reconnect': open, 'GET /quickbooks/disconnected': open,
  'GET /console/intuit': open, 'GET /console/intuit/callback': open, 'GET /console/intuit/ended': open,
  'GET /v1/portal': { who: 'payer' }, 'GET /v1/invoices': { who: 'payer' }, 'GET /v1/events': { who: 'payer' },
  'GET /v1/invoices/:id': { who: 'payer', of: 'invoice', fill: at('/v1/invoices/:id') },
  'GET /v1/invoices/:id/pdf': { who: 'payer', of: 'invoice', fill: at('/v1/invoices/:id/pdf') },
  'POST /v1/invoices/:id/views': { who: 'payer', of: 'invoice', deed: true, fill: at('/v1/invoices/:id/views', () => ({})) },
  'POST /v1/checkouts': { who: 'payer', of: 'invoice', deed: true, preview: 409, fill: at('/v1/checkouts', id => ({ invoices: [{ invoiceId: id }] })) },
  'DELETE /v1/sessions/current': { who: 'payer', deed: true },
  'POST /v1/sessions': { who: 'key', of: 'customer', deed: true, fill: at('/v1/sessions', id => ({ customer: { id } })) },
  'GET /i/:token': { who: 'link' },
  'GET /i/:token/invoices/:id': { who: 'link', of: 'invoice', fill: at('/i/:token/invoices/:id') },
  'GET /i/:token/invoices/:id/pdf': { who: 'link', of: 'invoice', fill: at('/i/:token/invoices/:id/pdf') },
  'POST /i/:token/checkouts': { who: 'link', deed: true },
  'GET /pay/:checkout': pay(''), 'GET /pay/:checkout/view': pay('/view'), 'POST /pay/:checkout/payments': pay('/payments'),
  'GET /pay/:checkout/payments/:payment': pay('/payments/pay_01M80A9F4X9YDV6HK1SMXZCBDS'), 'DELETE /pay/:checkout/payments/:payment': pay('/payments/pay_01M80A9F4X9YDV6HK1SMXZCBDS'),
  'GET /v1/merchant': { who: 'staff' }, 'GET /v1/merchant/home': { who: 'staff' }, 'GET /v1/merchant/payments': { who: 'staff' }, 'GET /v1/merchant/events': { who: 'staff' }, 'GET /v1/merchant/invoices': { who: 'staff' },
  'GET /v1/merchant/customers': { who: 'staff' }, 'GET /v1/merchant/ledger-accounts': { who: 'staff' }, 'GET /v1/merchant/imports/current': { who: 'staff' }, 'GET /v1/merchant/api-keys': { who: 'staff' },
  'DELETE /v1/merchant/session': { who: 'staff', deed: true }, 'PATCH /v1/merchant/settings': { who: 'staff', deed: true }, 'POST /v1/merchant/disconnect': { who: 'staff', deed: true },
  'POST /v1/merchant/imports': { who: 'staff', deed: true }, 'POST /v1/merchant/api-keys': { who: 'staff', deed: true },
  'POST /v1/merchant/publications': staffDeed('/v1/merchant/publications', 'invoice', id => ({ ids: [id] })),
  'POST /v1/merchant/invoices/:id/send': staffDeed('/v1/merchant/invoices/:id/send', 'invoice'),
  'POST /v1/merchant/invoices/:id/archive': staffDeed('/v1/merchant/invoices/:id/archive', 'invoice'),
  'GET /v1/merchant/customers/:id/links': { who: 'staff', of: 'customer', fill: at('/v1/merchant/customers/:id/links') },
  'POST /v1/merchant/customers/:id/links': staffDeed('/v1/merchant/customers/:id/links', 'customer'),
  'POST /v1/merchant/customers/:id/preview': staffDeed('/v1/merchant/customers/:id/preview', 'customer'),
  'DELETE /v1/merchant/links/:id': staffDeed('/v1/merchant/links/:id', 'other'),
  'DELETE /v1/merchant/api-keys/:id': staffDeed('/v1/merchant/api-keys/:id', 'other'),
  'POST /v1/merchant/cards/:id/:action': staffDeed('/v1/merchant/cards/:id/dismiss', 'other'),
}

/** Ids that name nothing, however they are written in an address. */
const malformed = ['%00', '..%2F..', '%E0%A4%A', '%27%20or%201=1--', '%F0%9F%92%A9', 'inv_', 'null', 'x'.repeat(64), 'x'.repeat(5_000), '%0d%0aset-cookie:a=b']
const unknown = '01M80AZZZZZZZZZZZZZZZZZZZZ'

type Told = { status: number; type: string; body: string; headers: Headers }

async function send(caller: Caller, method: string, { path, body }: Fill): Promise<Told> {
  const away = new AbortController()
  const answer = await fetch(`${world.apiUrl}${path.replace(':token', caller.token ?? 'lnk_nobody')}`, {
    method, redirect: 'manual', signal: away.signal,
    headers: { ...(caller.token ? { authorization: `Bearer ${caller.token}` } : {}), ...(caller.cookie ? { cookie: caller.cookie, origin: caller.origin ?? world.apiUrl } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const type = answer.headers.get('content-type') ?? ''
  const text = type.includes('event-stream') ? '' : await answer.text()
  away.abort()
  return { status: answer.status, type, body: text, headers: answer.headers }
}

/** What was told, headers included, without what differs between two answers to the same question: its number, its nonce, its time. */
function sameness({ status, body, headers }: Told, id: string): string {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name)).map(pair => pair.join(': '))
  const plain = [...kept, body].join('\n').replaceAll(/req_\w+/g, 'REQ').replaceAll(/nonce(="|-)[\w+/=]+/g, 'NONCE').replaceAll(/"instance":"[^"]*"/g, 'INSTANCE')
  return `${status} ${plain.replaceAll(id, 'ID').replaceAll(decodeSafely(id), 'ID')}`
}
const decodeSafely = (id: string) => (/^[\w.-]*$/.test(id) ? id : 'ID')

function mayCall(name: CallerName, { who }: Rule, method: string): boolean {
  const isPayer = (payers as readonly string[]).includes(name)
  switch (who) {
    case 'all': return true
    case 'payer': return isPayer
    case 'link': return isPayer && !name.startsWith('session')
    // A page elsewhere can make a browser ask, and cannot read what is answered.
    case 'staff': return (staff as readonly string[]).includes(name) || (name.endsWith('on another page') && method === 'GET')
    case 'key': return name.startsWith('key')
  }
}

/** The ids of this kind that a caller may see, of all that the cast knows. */
function ownOf(name: CallerName, { who, of }: Rule): readonly string[] {
  const { ids } = cast
  if (of === 'customer') return name.endsWith('merchant 2') ? [ids.customerTwo] : [ids.customerA, ids.customerB]
  if (of !== 'invoice') return []
  if (name.endsWith('merchant 2')) return [ids.two]
  if (who === 'staff') return [ids.a, ids.a2, ids.c, ids.b, ids.draft, ids.archived]
  if (name === 'one-invoice link of A') return [ids.a]
  if (name === 'session of A') return [ids.a, ids.a2, ids.c]
  return name === 'session of B' ? [ids.b] : [ids.a, ids.a2]
}

function idsOf({ of }: Rule): readonly string[] {
  const { ids, linkId, two } = cast
  if (of === 'invoice') return [ids.a, ids.a2, ids.c, ids.b, ids.draft, ids.archived, ids.two]
  return of === 'customer' ? [ids.customerA, ids.customerB, ids.customerTwo] : [linkId, two.apiKeyId].filter(() => of === 'other')
}

const pathOf = (route: string) => (route.split(' ')[1] ?? '').replace(':key', 'pk_nobody').replace(':name', 'none-1.js').replace(':code', 'not-found').replace('*', 'home')
const methodOf = (route: string) => route.split(' ')[0] ?? ''

/** A link that ended says so; whatever else is no link leads nowhere. A page elsewhere is told that it may not. */
function refusalOf(name: CallerName, { who }: Rule): number {
  if (who === 'link') return name.endsWith('link of A') && (ended as readonly string[]).includes(name) ? 401 : 404
  return who === 'staff' && name.endsWith('on another page') ? 403 : 401
}

/** What stands before routes, by its pattern. Anything else that answers every method is a route that no rule could speak of. */
const middleware = ['/*', '/hooks/*', '/v1/*', '/v1/merchant/*', '/v1/quittance.js', '/v1/c/*', '/v1/pages/*']

/** Routes without a rule, rules without a route, and whatever answers to every method. */
function strays(app: ReturnType<typeof createApp>): string[] {
  const routes = new Set(app.routes.filter(({ method, path }) => method !== 'ALL' || !middleware.includes(path)).map(({ method, path }) => `${method} ${path}`))
  return [...routes].filter(route => !(route in rules)).concat(Object.keys(rules).filter(route => !routes.has(route)))
}

/** Whether what a rule asks goes to its own route: whatever is asked of an address that does not exist looks refused. */
function asksItsRoute([route, { fill }]: [string, Rule]): boolean {
  return !fill || new RegExp(`^${(route.split(' ')[1] ?? '').replaceAll(/:\w+/g, '[^/]+')}$`).test(fill('id').path)
}

test('the rules speak of every route, and of none that does not exist; one that is new is found', async () => {
  const app = createApp(world.api.context, await loadAssets(world.api.context.config.widgetDir))
  expect(strays(app)).toEqual([])
  expect(Object.entries(rules).filter(rule => !asksItsRoute(rule))).toEqual([])
  app.get('/v1/planted', c => c.text('everything'))
  app.all('/v1/planted/whole', c => c.text('everything'))
  expect(strays(app)).toEqual(['GET /v1/planted', 'ALL /v1/planted/whole'])
})

test('one expression finds every route: a word beside an id, where different things follow, makes Hono go from part to part, for every request', async () => {
  const app = createApp(world.api.context, await loadAssets(world.api.context.config.widgetDir))
  await app.request('/healthz')
  expect(app.router).toHaveProperty('activeRouter.name', 'RegExpRouter')
})

describe('who may call what', () => {
  test.each(Object.keys(rules))('%s', async route => {
    const rule = rules[route] ?? open
    const before = rowsOf(world)
    for (const [name, caller] of Object.entries(cast.callers) as [CallerName, Caller][]) {
      const method = methodOf(route)
      const fill = rule.fill ?? (() => ({ path: pathOf(route), ...(method === 'GET' ? {} : { body: { nonsense: true } }) }))
      const told = (id: string) => send(caller, method, fill(id))
      if (!mayCall(name, rule, method)) {
        const refused = await told(idsOf(rule)[0] ?? unknown)
        expect([name, refused.status]).toEqual([name, refusalOf(name, rule)])
        if (rule.who === 'payer') expect([name, refused.body.includes('/problems/expired')]).toEqual([name, (ended as readonly string[]).includes(name)])
        continue
      }
      if (rule.deed && !rule.fill) continue
      const none = await told(unknown)
      expect([name, none.status, none.status < 500]).toEqual([name, none.status, true])
      if (!rule.fill) continue
      // With a preview nothing can be paid, whatever it is.
      expect([name, none.status]).toEqual([name, name === 'preview of A' ? rule.preview ?? 404 : 404])
      const own = ownOf(name, rule)
      for (const id of idsOf(rule)) {
        if (own.includes(id) ? rule.deed : rule.of === 'other' && rule.who === 'staff' && name.endsWith(id === cast.linkId ? '1' : '2')) continue
        const answer = await told(id)
        if (own.includes(id)) expect([name, id, answer.status]).toEqual([name, id, 200])
        else expect([name, id, sameness(answer, id)]).toEqual([name, id, sameness(none, unknown)])
      }
      for (const id of malformed) {
        const { status, type } = await told(id)
        expect([name, id.slice(0, 20), status, status >= 400 && status < 500, /problem\+json|html/.test(type)]).toEqual([name, id.slice(0, 20), status, true, true])
      }
    }
    // Whoever was refused changed nothing, and whoever may only look neither.
    expect(changedSince(world, before)).toEqual([])
  })
})

test('lists, totals and events of a caller speak of nobody else’s invoices, and of no draft or archived one', async () => {
  for (const name of payers) {
    const caller = cast.callers[name]
    const own = ownOf(name, { who: 'payer', of: 'invoice' })
    const paths = ['/v1/portal?filter=all&limit=100', '/v1/invoices?filter=all&limit=100', ...(caller.token?.startsWith('lnk_') ? ['/i/:token?filter=all', `/i/:token/invoices/${own[0]}`] : [])]
    for (const path of paths) {
      const { status, body } = await send(caller, 'GET', { path })
      expect([name, path, status]).toEqual([name, path, 200])
      expect([name, path, idsOf({ who: 'payer', of: 'invoice' }).filter(id => !own.includes(id) && body.includes(id))]).toEqual([name, path, []])
    }
  }
})

test('a session’s token in the address of a page is no link', async () => {
  for (const name of ['session of A', 'key of merchant 1'] as const) expect((await send(cast.callers[name], 'GET', { path: '/i/:token' })).status).toBe(404)
})

/** Reads an event stream until its end; `heard` grows meanwhile. */
async function listen(caller: Caller, path: string) {
  const answer = await fetch(`${world.apiUrl}${path}`, { headers: { ...(caller.token ? { authorization: `Bearer ${caller.token}` } : {}), ...(caller.cookie ? { cookie: caller.cookie } : {}) } })
  const heard: string[] = []
  const reading = (async () => {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) heard.push(chunk)
  })()
  return { status: answer.status, heard, end: reading }
}

test('a right that ends is refused on the next request, and the event streams that it opened end at once', async () => {
  const merchant = world.merchant.call
  const made = (await merchant('POST', `/v1/merchant/customers/${cast.ids.customerA}/links`, {})) as { url: string; link: { id: string } }
  const link: Caller = { token: new URL(made.url).pathname.split('/')[2] ?? '' }
  const session: Caller = { token: await signInByCode(world, 'ingrid@northlightdental.example') }
  const key = (await merchant('POST', '/v1/merchant/api-keys', { name: 'For a while' })) as { id: string; key: string }
  const page = ((await send(link, 'POST', { path: '/v1/checkouts', body: { invoices: [{ invoiceId: cast.ids.a2 }] } })).body.match(/\/pay\/chk_[\w-]+/) ?? [''])[0]
  const cases = [
    { caller: link, stream: '/v1/events', path: '/v1/portal', end: () => merchant('DELETE', `/v1/merchant/links/${made.link.id}`) },
    { caller: session, stream: '/v1/events', path: '/v1/portal', end: () => send(session, 'DELETE', { path: '/v1/sessions/current' }) },
    { caller: { token: key.key }, stream: '/v1/merchant/events', path: '/v1/merchant', end: () => merchant('DELETE', `/v1/merchant/api-keys/${key.id}`) },
  ]
  for (const { caller, stream, path, end } of cases) {
    const line = await listen(caller, stream)
    expect([stream, line.status, (await send(caller, 'GET', { path })).status]).toEqual([stream, 200, 200])
    await end()
    await line.end
    expect([stream, (await send(caller, 'GET', { path })).status]).toEqual([stream, 401])
  }
  expect((await send(link, 'GET', { path: '/i/:token' })).status).toBe(401)
  // The pay page that the link opened has ended with it.
  expect((JSON.parse((await send({}, 'GET', { path: `${page}/view` })).body) as { state: string }).state).toBe('expired')
})

test('nobody is signed in as a customer whom QuickBooks has merged into another', async () => {
  const gone = newCustomer(world, 'Old Name')
  const { id } = await until(async () => (await cast.one.customers(`q=${encodeURIComponent(gone.name)}`)).customers[0] ?? { id: '' }, row => row.id !== '')
  const signIn = (customer: object) => world.ask(world.merchant.apiKey, 'POST', '/v1/sessions', { customer }).then(answer => answer.status)
  expect(await signIn({ id })).toBe(201)
  deskOf(world).merge('1', gone.quickBooksId)
  await until(() => signIn({ quickBooksId: gone.quickBooksId }), status => status === 404)
  expect(await signIn({ id })).toBe(404)
})
