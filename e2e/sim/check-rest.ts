import type { Scene } from './scene.ts'

/** Nothing is under way, owed or forgotten, and the mirror says what the books say. */
export function checkRest(scene: Scene): string[] {
  const { ground } = scene
  const now = ground.clock.now()
  const list = (what: string, sql: string) => ground.read(sql).map(row => `${what}: ${JSON.stringify(row)}`)
  return [
    ...list('a lease never ended', `select id, kind, lease_until - ${now} late from outbox where state = 'leased'`),
    ...list('an effect is overdue', `select id, kind, problem, run_at - ${now} late from outbox where state = 'ready' and run_at < ${now} - 120000`),
    ...list('an effect is stuck and no card says so', `select id, kind, problem from outbox o where state in ('blocked', 'dead') and not exists (select 1 from cards c where c.merchant_id = o.merchant_id and c.closed_at is null)`),
    ...list('an event was never worked on', `select event_id, source from inbox where state = 'received' and received_at < ${now} - 120000`),
    ...list('an attempt never ended', `select id, state from payments where state in ('reserved', 'needs_action', 'processing')`),
    ...list('an invoice is held by an attempt that ended', `select a.invoice_id, p.state from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id where a.state = 'held'`),
    ...list('a connection was lost that nobody ended', `select merchant_id, state, notice from connections where state <> 'connected'`),
    ...list('the renewal of tokens is leased for ever', `select merchant_id from connections where lease_until > ${now} + 90000`),
    ...(ground.processes ? [] : list('an effect was ended by somebody who no longer held it', 'select * from sim_wrong_ends')),
    ...checkMirror(scene),
    ...(scene.restored ? [] : checkKept(scene)),
  ]
}

/** What was acknowledged is there: settings that the console took, events that Stripe was told were taken. */
function checkKept(scene: Scene): string[] {
  const kept = new Set(scene.ground.read(`select event_id id from inbox where source = 'stripe'`).map(row => row['id']))
  const lost = scene.ground.outside.stripe.deliveries().filter(delivery => delivery.state === 'delivered' && !kept.has(delivery.eventId))
  const choices = scene.shops.flatMap(({ merchant, choices: chosen }) => {
    const [row] = scene.ground.read(`select chosen from settings where merchant_id = '${merchant.merchantId}'`)
    return chosen.some(address => address === null || String(row?.['chosen']).includes(address)) ? [] : [`the console took the address ${chosen.join(' or ')}, and it is not there`]
  })
  return [...lost.map(delivery => `event ${delivery.eventId} was taken and is not there`), ...choices]
}

function checkMirror(scene: Scene): string[] {
  return scene.shops.flatMap(({ merchant, desk }) => {
    const held = new Map(desk.all('Invoice').map(invoice => [String(invoice['Id']), Math.round(Number(invoice['Balance']) * 100)]))
    const rows = scene.ground.read(`select qbo_id qboId, balance, archived_at archived from invoices where merchant_id = '${merchant.merchantId}' and currency = 'USD'`)
    return rows.flatMap(row => {
      const balance = held.get(String(row['qboId']))
      if (balance === undefined) return row['archived'] === null ? [`invoice ${String(row['qboId'])} is gone from QuickBooks and still shown`] : []
      if (row['archived'] !== null) return [`invoice ${String(row['qboId'])} stands in QuickBooks and is archived`]
      return balance === Number(row['balance']) ? [] : [`invoice ${String(row['qboId'])} owes ${balance} in QuickBooks and ${String(row['balance'])} here`]
    })
  })
}
