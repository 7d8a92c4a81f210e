import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FaultRequest } from '../emulators/kit/faults.ts'
import { signatureOf } from '../emulators/stripe/webhooks/deliveries.ts'
import { type Act, payerActs } from './acts.ts'
import type { Scene } from './scene.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const briefMs = 15
const stallMs = 120
/** Long enough for another node to want new tokens too. */
const renewalMs = 150

const callFaults = ['lose-answer', 'refuse', 'throttle', 'html-500', 'delay', 'delay-answer'] as const
const eventFaults = ['lose', 'duplicate', 'hold', 'forge'] as const
const intuitCodes = ['6210', '5010', '6140', '6190', '610', '2500', '3200'] as const

/** What goes wrong outside, and how time passes. */
export const troubles = {
  stripeFails: async scene => queue(scene, 'stripe', { kind: scene.ground.random.pick(callFaults), ms: briefMs, times: scene.ground.random.int(1, 3), skip: scene.ground.random.int(0, 1), match: { path: '^/v1/(payment_intents|customers|customer_sessions)' } }),
  stripeEvents: async scene => queue(scene, 'stripe', { kind: scene.ground.random.pick(eventFaults), times: scene.ground.random.int(1, 4) }),
  quickBooksFails: async scene => {
    const kind = scene.ground.random.pick([...callFaults, 'unauthorized'] as const)
    // Who is refused with fresh tokens too, is refused for good.
    const times = kind === 'unauthorized' ? 1 : scene.ground.random.int(1, 3)
    return queue(scene, 'quickbooks', { kind, ms: briefMs, times, skip: scene.ground.random.int(0, 2), match: { path: '^/v3/' } })
  },
  quickBooksEvents: async scene => queue(scene, 'quickbooks', { kind: scene.ground.random.pick(eventFaults), times: scene.ground.random.int(1, 4) }),
  postingFails: async scene => queue(scene, 'quickbooks', { kind: scene.ground.random.pick(['lose-answer', 'refuse', 'html-500', 'delay-answer']), ms: briefMs, match: { method: 'POST', path: '/payment\\?' } }),
  quickBooksRefuses: async scene => {
    const code = scene.ground.random.pick(intuitCodes)
    await control(scene, { code, match: { method: 'POST', path: '/payment' } })
    return code
  },
  storm: async scene => queue(scene, 'quickbooks', { kind: 'throttle', times: 30, match: { path: '^/v3/' } }),
  mailFails: async scene => queue(scene, 'mail', { kind: scene.ground.random.pick(['lose-answer', 'refuse', 'html-500', 'throttle']), times: scene.ground.random.int(1, 3) }),
  databaseFails: async scene => {
    // Writes carry the row of their operation.
    const body = scene.ground.random.pick(['operations', 'operations', 'select'])
    const fault: FaultRequest = { kind: scene.ground.random.pick(['lose-answer', 'refuse', 'delay-answer']), ms: briefMs, skip: scene.ground.random.int(0, 4), times: scene.ground.random.int(1, 2), match: { path: '^/v2/pipeline', body } }
    scene.ground.databaseFaults?.queue(fault)
    return scene.ground.databaseFaults ? fault.kind : 'none to fail'
  },
  tokensExpire: async scene => {
    const kind = scene.ground.random.pick<Kind | null>(['lose-answer', 'refuse', 'delay-answer', 'delay-answer', 'delay-answer', null])
    if (kind) scene.ground.outside.quickbooks.faults.queue({ kind, ms: renewalMs, match: { method: 'POST', path: '/oauth2/v1/tokens/bearer' } })
    scene.ground.clock.advance(61 * minuteMs)
    // Several ask for new tokens at once.
    await Promise.all([payerActs.payOne(scene), payerActs.payOne(scene), payerActs.payOne(scene), scene.ground.settle()])
    return kind === 'lose-answer' ? 'an hour, an answer lost' : 'an hour'
  },
  /** A call takes longer than its lease, and somebody else takes the effect over meanwhile. */
  stall: async scene => {
    const { ground } = scene
    const { faults } = ground.outside.quickbooks
    const match = { path: ground.random.pick(['/payment\\?', '/payment/']) }
    faults.queue({ kind: ground.random.pick(['delay', 'delay-answer'] as const), ms: stallMs, match })
    const paying = payerActs.payOne(scene)
    for (let looks = 0; looks < 20 && faults.waiting().some(fault => fault.ms === stallMs); looks++) await wait(10)
    ground.clock.advance(91_000)
    await ground.settle()
    return paying
  },
  forge: async scene => `${await forgeStripe(scene)} and ${await forgeIntuit(scene)}`,
  someTime: async scene => {
    const ms = scene.ground.random.pick([2_000, 31_000, 61_000, 91_000, 5 * minuteMs, 16 * minuteMs])
    await scene.ground.pass(ms)
    return `${ms} ms`
  },
  dayWithoutQuickBooks: async scene => {
    const { faults } = scene.ground.outside.quickbooks
    faults.queue({ kind: 'refuse', times: 1_000_000, match: { path: '^/(v3|oauth2)/' } })
    for (let hours = 0; hours < 24; hours += 6) await scene.ground.pass(6 * hourMs)
    faults.clear()
    return 'a day'
  },
  backUp: async scene => {
    const path = join(scene.ground.folder, `backup-${scene.diary.length}.db`)
    if (!(await scene.ground.backUp(path))) return 'nothing to copy'
    scene.backup = path
    return 'a copy'
  },
  restore: async scene => {
    if (scene.backup === null) return 'no copy'
    if (scene.ground.random.chance(0.3)) await scene.ground.pass(24 * hourMs)
    await scene.ground.restore(scene.backup)
    scene.restored = true
    return 'the copy stands in the database’s place'
  },
  nodesComeBack: async scene => {
    await scene.ground.fleet.revive()
    return `${scene.ground.fleet.alive().length} alive`
  },
} as const satisfies Record<string, Act>

type Kind = FaultRequest['kind']

function queue(scene: Scene, system: 'stripe' | 'quickbooks' | 'mail', fault: FaultRequest): string {
  scene.ground.outside[system].faults.queue(fault)
  return `${fault.kind} × ${fault.times ?? 1}`
}

async function control(scene: Scene, body: object): Promise<void> {
  await fetch(`${scene.ground.outside.quickbooks.url}/_emulator/fault-code`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** Somebody without the secret says that an open attempt was paid. */
async function forgeStripe(scene: Scene): Promise<string> {
  const clicks = [...scene.payers.clicks.values()]
  const click = clicks.findLast(each => !each.told.includes('succeeded')) ?? clicks.at(-1)
  if (!click) return 'nothing to lie about'
  const { merchantId } = click.who.merchant
  const held = (await (await fetch(`${scene.ground.outside.stripe.url}/_emulator/state`)).json()) as { payment_intents: { id: string; amount: number; currency: string; metadata: Record<string, string> }[] }
  const intent = held.payment_intents.find(row => row.metadata['payment'] === click.paymentId)
  const object = { ...intent, id: intent?.id ?? 'pi_forged', object: 'payment_intent', status: 'succeeded', amount_received: intent?.amount ?? 100, metadata: intent?.metadata ?? { merchant: merchantId, payment: click.paymentId } }
  const payload = JSON.stringify({ id: `evt_forged${scene.ground.random.int(1, 1e9)}`, object: 'event', api_version: '2026-10-28.endive', created: Math.floor(scene.ground.clock.now() / 1000), livemode: false, type: 'payment_intent.succeeded', data: { object } })
  return send(scene, '/hooks/stripe', payload, { 'stripe-signature': signatureOf(payload, 'whsec_of_somebody_else', Math.floor(scene.ground.clock.now() / 1000)) })
}

async function forgeIntuit(scene: Scene): Promise<string> {
  const [shop] = scene.shops
  const payload = JSON.stringify({ eventNotifications: [{ realmId: shop?.merchant.realmId, dataChangeEvent: { entities: [{ name: 'Invoice', id: '1', operation: 'Delete', lastUpdated: new Date(scene.ground.clock.now()).toISOString() }] } }] })
  return send(scene, '/hooks/quickbooks', payload, { 'intuit-signature': createHmac('sha256', 'not the verifier').update(payload).digest('base64') })
}

async function send(scene: Scene, path: string, body: string, headers: Record<string, string>): Promise<string> {
  try {
    const answer = await fetch(`${scene.ground.apiUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal: AbortSignal.timeout(10_000) })
    if (answer.ok) scene.diary.push(`!! a forged event was accepted at ${path}`)
    return String(answer.status)
  } catch (error) {
    if (error instanceof TypeError) return 'no answer'
    throw error
  }
}
