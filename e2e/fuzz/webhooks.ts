import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'

export type Secrets = { verifier: string; stripe: string }
/** A webhook that must not be taken: what is wrong with it, and how it is sent. */
export type Forged = { system: 'quickbooks' | 'stripe'; wrong: string; headers: Record<string, string>; body: Uint8Array<ArrayBuffer> }

const wrongs = ['bit', 'truncated', 'extended', 'secret', 'no signature', 'odd signature', 'swapped', 'old', 'ahead', 'other scheme', 'utf-8', 'huge', 'empty'] as const

/** Webhooks of both systems, each signed rightly and then made wrong in one way. */
export function forgedWebhooks(secrets: Secrets, realmId: string, merchantId: string, now: () => number): fc.Arbitrary<Forged> {
  return fc.gen().map(value => {
    const draw = <T>(arb: fc.Arbitrary<T>): T => value(() => arb)
    const system = draw(fc.constantFrom('quickbooks', 'stripe'))
    const true_ = Buffer.from(system === 'stripe' ? stripeEvent(draw, merchantId) : quickbooksEvent(draw, realmId))
    const sign = system === 'stripe' ? stripeSignature(secrets.stripe) : quickbooksSignature(secrets.verifier)
    const atS = Math.floor(now() / 1_000)
    const wrong = draw(fc.constantFrom(...wrongs.filter(each => system === 'stripe' || (each !== 'old' && each !== 'ahead' && each !== 'other scheme'))))
    return { system, wrong, ...spoiled(wrong, true_, sign, atS, draw) }
  })
}

type Draw = <T>(arb: fc.Arbitrary<T>) => T
type Sign = (body: Buffer, atS: number, secret?: string) => Record<string, string>

function spoiled(wrong: (typeof wrongs)[number], body: Buffer, sign: Sign, atS: number, draw: Draw): Pick<Forged, 'headers' | 'body'> {
  const bytes = (from: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(from)
  const right = sign(body, atS)
  const [name = '', signature = ''] = Object.entries(right)[0] ?? []
  switch (wrong) {
    case 'bit': {
      const flipped = Buffer.from(body)
      const at = draw(fc.nat(flipped.length - 1))
      flipped[at] = (flipped[at] ?? 0) ^ (1 << draw(fc.nat(7)))
      return { headers: right, body: bytes(flipped) }
    }
    case 'truncated': return { headers: right, body: bytes(body.subarray(0, draw(fc.nat(body.length - 1)))) }
    case 'extended': return { headers: right, body: bytes(Buffer.concat([body, draw(fc.uint8Array({ minLength: 1, maxLength: 20 }))])) }
    case 'secret': return { headers: sign(body, atS, `${draw(fc.string())}x`), body: bytes(body) }
    case 'no signature': return { headers: {}, body: bytes(body) }
    case 'odd signature': return { headers: { [name]: draw(fc.constantFrom('', ' ', 'null', 't=,v1=', `${signature}0`, signature.slice(1), signature.toUpperCase(), 'v1='.repeat(500), 't=NaN,v1=00', '\u00ff\u00fe', signature.slice(0, -2))) }, body: bytes(body) }
    case 'swapped': return { headers: sign(Buffer.from(`${body.toString()} `), atS), body: bytes(body) }
    case 'old': return { headers: sign(body, atS - draw(fc.integer({ min: 301, max: 10_000_000 }))), body: bytes(body) }
    case 'ahead': return { headers: sign(body, atS + 1, 'whsec_not_ours'), body: bytes(body) }
    case 'other scheme': return { headers: { [name]: signature.replace('v1=', 'v0=') }, body: bytes(body) }
    case 'utf-8': return { headers: right, body: bytes(Buffer.concat([body.subarray(0, 10), Buffer.from([0xff, 0xc0, 0x80]), body.subarray(10)])) }
    case 'huge': return { headers: right, body: bytes(Buffer.concat([body, Buffer.alloc(draw(fc.constantFrom(70_000, 70_000, 70_000, 2_200_000)), 32)])) }
    case 'empty': return { headers: right, body: bytes(Buffer.alloc(0)) }
  }
}

const quickbooksSignature = (verifier: string): Sign => (body, _atS, secret = verifier) => ({ 'intuit-signature': createHmac('sha256', secret).update(body).digest('base64') })
const stripeSignature = (own: string): Sign => (body, atS, secret = own) => ({ 'stripe-signature': `t=${atS},v1=${createHmac('sha256', secret).update(`${atS}.`).update(body).digest('hex')}` })

function quickbooksEvent(draw: Draw, realmId: string): string {
  const realm = draw(fc.constantFrom(realmId, '123', '9341452130422222'))
  const id = String(draw(fc.integer({ min: 1, max: 200 })))
  const at = '2026-11-21T10:00:00.000Z'
  const operation = draw(fc.constantFrom('Create', 'Update', 'Delete', 'Void', 'Merge', 'Emailed'))
  return draw(fc.boolean())
    ? JSON.stringify({ eventNotifications: [{ realmId: realm, dataChangeEvent: { entities: [{ name: 'Invoice', id, operation, lastUpdated: at }] } }] })
    : JSON.stringify([{ specversion: '1.0', id: draw(fc.uuid()), source: 'intuit', type: `qbo.invoice.${operation.toLowerCase()}d.v1`, time: at, intuitentityid: id, intuitaccountid: realm, data: {} }])
}

function stripeEvent(draw: Draw, merchantId: string): string {
  return JSON.stringify({
    id: `evt_${draw(fc.uuid()).replaceAll('-', '')}`, object: 'event', type: draw(fc.constantFrom('payment_intent.succeeded', 'payment_intent.payment_failed', 'charge.refunded')),
    data: { object: { id: 'pi_forged', object: 'payment_intent', amount: 100, currency: 'usd', metadata: { merchant: draw(fc.constantFrom(merchantId, 'mer_another')), payment: 'pay_01M80A9F4X9YDV6HK1SMXZCBDS' } } },
  })
}
