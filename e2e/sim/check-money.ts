import type { Fields } from '../flows/payer.ts'
import type { SimDesk } from './desk.ts'
import type { Row } from './database.ts'
import type { Scene } from './scene.ts'

type Line = { Amount: number; LinkedTxn?: { TxnId: string; TxnType: string }[] }
type Charge = { intent: string; payment: string; merchant: string; amount: number }

/** Each charge has one fact and one Payment, of its amount, customer and invoices, or a card; nothing is charged twice or invented. */
export function checkMoney(scene: Scene, intents: readonly Fields[]): string[] {
  const paid = intents.filter(intent => intent['status'] === 'succeeded').map(chargeOf)
  const cards = scene.ground.read(`select merchant_id merchant, facts from cards where closed_at is null`)
  const violations: string[] = []
  for (const [payment, charges] of Map.groupBy(paid, charge => charge.payment)) if (charges.length > 1) violations.push(`attempt ${payment} was charged ${charges.length} times`)
  for (const charge of paid) violations.push(...checkCharge(scene, charge, cards))
  violations.push(...checkFacts(scene, paid), ...checkPostings(scene, paid), ...checkInvoices(scene), ...checkTold(scene, paid))
  return violations
}

function chargeOf(intent: Fields): Charge {
  const metadata = intent['metadata'] as Record<string, string>
  return { intent: String(intent['id']), payment: metadata['payment'] ?? '', merchant: metadata['merchant'] ?? '', amount: Number(intent['amount']) }
}

function checkCharge(scene: Scene, charge: Charge, cards: readonly Row[]): string[] {
  const name = `the charge of ${charge.amount} for ${charge.payment}`
  const desk = scene.shops.find(shop => shop.merchant.merchantId === charge.merchant)?.desk
  if (!desk) return [`${name} names no merchant of ours`]
  const hasCard = cards.some(card => card['merchant'] === charge.merchant && (String(card['facts']).includes(charge.payment) || String(card['facts']).includes(charge.intent)))
  const facts = scene.ground.read(`select fact_key, sum(abs(amount)) / 2 amount from ledger_entries where payment_id = '${charge.payment}' and merchant_id = '${charge.merchant}' and fact_key like '%:captured' group by fact_key`)
  const violations: string[] = []
  if (facts.length !== 1 && !hasCard) violations.push(`${name} has ${facts.length} ledger facts`)
  if (facts.some(fact => Number(fact['amount']) !== charge.amount)) violations.push(`${name} stands in the ledger as ${facts.map(fact => String(fact['amount'])).join()}`)
  const live = desk.ours().filter(payment => String(payment['PrivateNote']).includes(`quittance:${charge.payment} `))
  if (live.length > 1) violations.push(`${name} stands in QuickBooks ${live.length} times`)
  if (live.length === 0 && !hasCard) violations.push(`${name} does not stand in QuickBooks, and no card says so`)
  const [held] = live
  return held ? [...violations, ...checkHeld(scene, desk, charge, held, hasCard, name)] : violations
}

/** The Payment in QuickBooks is of the charge's amount, customer and invoices. */
function checkHeld(scene: Scene, desk: SimDesk, charge: Charge, held: Fields, hasCard: boolean, name: string): string[] {
  const violations: string[] = []
  if (cents(held['TotalAmt']) !== charge.amount) violations.push(`${name} stands in QuickBooks as ${String(held['TotalAmt'])}`)
  const chosen = scene.ground.read(`select i.qbo_id qboId, a.amount amount, c.qbo_id customer from allocations a join invoices i on i.merchant_id = a.merchant_id and i.id = a.invoice_id
    join customers c on c.merchant_id = i.merchant_id and c.id = i.customer_id where a.merchant_id = '${charge.merchant}' and a.payment_id = '${charge.payment}'`)
  if (chosen.reduce((total, row) => total + Number(row['amount']), 0) !== charge.amount) violations.push(`${name} is put against invoices for another sum`)
  const customer = (held['CustomerRef'] as { value: string }).value
  if (!chosen.some(row => row['customer'] === customer) && !hasCard) violations.push(`${name} stands in QuickBooks with customer ${customer}`)
  const lines = ((held['Line'] as Line[] | undefined) ?? []).flatMap(line => (line.LinkedTxn ?? []).filter(link => link.TxnType === 'Invoice').map(link => ({ id: link.TxnId, amount: cents(line.Amount) })))
  for (const line of lines) {
    const row = chosen.find(allocation => allocation['qboId'] === line.id)
    if (!row) violations.push(`${name} pays invoice ${line.id}, which nobody chose`)
    else if (line.amount > Number(row['amount'])) violations.push(`${name} pays ${line.amount} on invoice ${line.id} instead of ${String(row['amount'])}`)
  }
  const applied = lines.reduce((total, line) => total + line.amount, 0)
  // What a person took off the payment later is theirs to see.
  if (applied < charge.amount && !hasCard && !chosen.some(row => desk.touched.has(String(row['qboId'])))) violations.push(`${name} is unapplied for ${charge.amount - applied}, and no card says so`)
  return violations
}

function checkFacts(scene: Scene, paid: readonly Charge[]): string[] {
  const invented = scene.ground.read(`select distinct payment_id payment from ledger_entries`).filter(row => !paid.some(charge => charge.payment === row['payment']))
  const uneven = scene.ground.read(`select payment_id payment, sum(amount) rest from ledger_entries group by merchant_id, fact_key, currency having sum(amount) <> 0`)
  return [...invented.map(row => `the ledger holds ${String(row['payment'])}, which nobody was charged for`), ...uneven.map(row => `the entries of ${String(row['payment'])} do not sum to zero`)]
}

function checkPostings(scene: Scene, paid: readonly Charge[]): string[] {
  return scene.shops.flatMap(({ desk }) => desk.ours()).flatMap(payment => {
    const id = /quittance:(\w+)/.exec(String(payment['PrivateNote']))?.[1]
    return paid.some(charge => charge.payment === id) ? [] : [`QuickBooks holds a payment for ${id}, which nobody was charged for`]
  })
}

/** No invoice takes more from payers than it ever asked for, except where a card says that money came that it did not need. */
function checkInvoices(scene: Scene): string[] {
  return scene.shops.flatMap(({ merchant, desk }) =>
    scene.ground.read(`select i.qbo_id qboId, sum(a.amount) paid from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id and p.state = 'succeeded'
      join invoices i on i.merchant_id = a.merchant_id and i.id = a.invoice_id where a.merchant_id = '${merchant.merchantId}' group by i.qbo_id`)
      .filter(row => Number(row['paid']) > (desk.asked.get(String(row['qboId'])) ?? 0))
      .map(row => `invoice ${String(row['qboId'])} was charged ${String(row['paid'])}, more than it ever asked for`))
}

/** What a payer was told last is so. */
function checkTold(scene: Scene, paid: readonly Charge[]): string[] {
  return [...scene.payers.clicks.values()].flatMap(click => {
    const isPaid = paid.some(charge => charge.payment === click.paymentId)
    if (click.told.includes('succeeded') && !isPaid) return [`${click.paymentId} was told to be paid and is not`]
    const [row] = scene.ground.read(`select state from payments where id = '${click.paymentId}'`)
    if (isPaid && row?.['state'] !== 'succeeded') return [`${click.paymentId} is paid and stands here as ${String(row?.['state'])}`]
    return []
  })
}

function cents(amount: unknown): number {
  return Math.round(Number(amount) * 100)
}
