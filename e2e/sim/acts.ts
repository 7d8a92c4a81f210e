import type { InvoiceRow } from '../../api/domain/views.ts'
import type { Fields } from '../flows/payer.ts'
import type { Scene } from './scene.ts'
import type { SimCustomer } from './payers.ts'

/** Something that somebody does; answers in a few words what came of it. */
export type Act = (scene: Scene) => Promise<string>

const cards = { good: 'pm_card_visa', declined: 'pm_card_chargeDeclined', asks: 'pm_card_threeDSecure2Required' } as const

/** What payers do. */
export const payerActs = {
  payOne: scene => paying(scene, 1),
  paySeveral: scene => paying(scene, 3),
  payPart: async scene => {
    const chosen = await choose(scene, 1)
    if (!chosen) return 'nothing to pay'
    const [invoice] = chosen.invoices
    const amount = Math.max(100, Math.floor((invoice?.balance.amount ?? 0) / 3))
    const page = await scene.payers.checkout(chosen.who, chosen.token, [{ invoiceId: invoice?.id ?? '', amount }])
    return page ? (await scene.payers.pay(chosen.who, page)).state : 'no page'
  },
  payDeclined: async scene => {
    const chosen = await choose(scene, 1)
    const page = chosen && (await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices)))
    if (!page) return 'no page'
    const first = await scene.payers.pay(chosen.who, page, { card: cards.declined })
    return `${first.state}, then ${(await scene.payers.pay(chosen.who, page)).state}`
  },
  /** A double click: the same attempt, twice at once. */
  payTwice: async scene => {
    const chosen = await choose(scene, 1)
    const page = chosen && (await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices)))
    if (!page) return 'no page'
    const { paymentId, state } = await scene.payers.pay(chosen.who, page, { card: cards.good })
    const again = await scene.payers.pay(chosen.who, page, { paymentId })
    return `${state} and ${again.state}`
  },
  /** Two tabs: two attempts at the same invoice at once. */
  payInTwoTabs: async scene => {
    const chosen = await choose(scene, 1)
    if (!chosen) return 'nothing to pay'
    const pages = [await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices)), await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices))]
    const ended = await Promise.all(pages.map(async page => (page ? scene.payers.pay(chosen.who, page) : { state: 'no page' })))
    return ended.map(({ state }) => state).join(' and ')
  },
  leaveAtBank: async scene => {
    const chosen = await choose(scene, 1)
    const page = chosen && (await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices)))
    if (!page) return 'no page'
    const { paymentId, state } = await scene.payers.pay(chosen.who, page, { card: cards.asks })
    if (scene.ground.random.chance(0.5)) await atBank(scene, paymentId)
    return state
  },
  giveUp: async scene => {
    const chosen = await choose(scene, 1)
    const page = chosen && (await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices)))
    if (!page) return 'no page'
    const { paymentId } = await scene.payers.pay(chosen.who, page, { card: cards.asks })
    const click = scene.payers.clicks.get(paymentId)
    if (scene.ground.random.chance(0.3)) await atBank(scene, paymentId)
    if (scene.ground.random.chance(0.5) && click) return scene.payers.giveUp(click)
    const second = await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices))
    return second ? (await scene.payers.pay(chosen.who, second, { replaceOpen: true })).state : 'no page'
  },
  lookAgain: async scene => {
    const open = [...scene.payers.clicks.values()].filter(click => !['succeeded', 'failed'].includes(click.told.at(-1) ?? ''))
    const click = open[scene.ground.random.int(0, Math.max(0, open.length - 1))]
    return click ? scene.payers.look(click) : 'nothing open'
  },
  /** Somebody tries what belongs to somebody else. */
  pry: async scene => {
    const [mine, theirs] = [customerOf(scene), customerOf(scene)]
    const seen = await scene.payers.open(theirs)
    const token = await scene.payers.session(mine)
    const [foreign] = seen?.invoices ?? []
    if (!token || !foreign || mine === theirs) return 'nobody to pry on'
    const { status } = await scene.payers.ask(mine, token, 'GET', `/v1/invoices/${foreign.id}`)
    const { status: chosen } = await scene.payers.ask(mine, token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: foreign.id }] })
    return `${status} and ${chosen}`
  },
} as const satisfies Record<string, Act>

/** What happens at the desk, in QuickBooks. */
export const deskActs = {
  newInvoice: async scene => {
    const { desk } = shopOf(scene)
    return `invoice ${desk.invoice(scene.ground.random.pick(['1', '3']), scene.ground.random.int(20, 900))}`
  },
  typePayment: async scene => {
    const { desk } = shopOf(scene)
    const invoice = anInvoice(scene, desk.all('Invoice'))
    if (!invoice) return 'nothing is owed'
    const balance = Number(invoice['Balance'])
    desk.pay(String(invoice['Id']), scene.ground.random.chance(0.6) ? balance : Math.max(1, Math.floor(balance / 2)))
    return `on invoice ${String(invoice['Id'])}`
  },
  reprice: async scene => {
    const { desk } = shopOf(scene)
    const invoice = anInvoice(scene, desk.all('Invoice'))
    if (invoice) desk.reprice(String(invoice['Id']), scene.ground.random.int(20, 900))
    return `invoice ${String(invoice?.['Id'])}`
  },
  voidInvoice: async scene => {
    const { desk } = shopOf(scene)
    const invoice = anInvoice(scene, desk.all('Invoice'))
    if (invoice) desk.change('Invoice', String(invoice['Id']), {}, 'void')
    return `invoice ${String(invoice?.['Id'])}`
  },
  deleteInvoice: async scene => {
    const { desk } = shopOf(scene)
    const invoice = anInvoice(scene, desk.all('Invoice').filter(row => row['Balance'] === row['TotalAmt']))
    if (invoice) desk.change('Invoice', String(invoice['Id']), {}, 'delete')
    return `invoice ${String(invoice?.['Id'])}`
  },
  undoPosting: async scene => {
    const { desk } = shopOf(scene)
    const [payment] = desk.ours()
    if (payment) desk.change('Payment', String(payment['Id']), {}, scene.ground.random.chance(0.5) ? 'delete' : 'void')
    return `payment ${String(payment?.['Id'])}`
  },
} as const satisfies Record<string, Act>

/** What the merchant does in the console. */
export const consoleActs = {
  chooseAddress: async scene => {
    const shop = shopOf(scene)
    const supportEmail = `help${scene.diary.length}@alderandfinch.example`
    try {
      await shop.merchant.call('PATCH', '/v1/merchant/settings', { supportEmail })
      shop.choices = [supportEmail]
      return 'kept'
    } catch (error) {
      // Without an answer it may be either.
      shop.choices.push(supportEmail)
      return error instanceof Error ? error.message.slice(0, 80) : 'no answer'
    }
  },
} as const satisfies Record<string, Act>

function shopOf(scene: Scene) {
  const shop = scene.shops[scene.ground.random.int(0, scene.shops.length - 1)]
  if (!shop) throw new Error('a scene without a shop')
  return shop
}

function customerOf(scene: Scene): SimCustomer {
  const { customers } = shopOf(scene)
  const customer = customers[scene.ground.random.int(0, customers.length - 1)]
  if (!customer) throw new Error('a shop without customers')
  return customer
}

async function choose(scene: Scene, most: number): Promise<{ who: SimCustomer; token: string; invoices: InvoiceRow[] } | null> {
  const who = customerOf(scene)
  const seen = await scene.payers.open(who)
  if (!seen) return null
  const payable = seen.invoices.filter(row => row.canPay)
  const [first] = payable
  if (!first) return null
  const alike = payable.filter(row => row.balance.currency === first.balance.currency && row.customerId === first.customerId)
  const from = scene.ground.random.int(0, Math.max(0, alike.length - most))
  return { who, token: seen.token, invoices: alike.slice(from, from + most) }
}

async function paying(scene: Scene, most: number): Promise<string> {
  const chosen = await choose(scene, most)
  if (!chosen) return 'nothing to pay'
  const page = await scene.payers.checkout(chosen.who, chosen.token, ids(chosen.invoices))
  return page ? `${chosen.invoices.map(row => row.number).join(' ')}: ${(await scene.payers.pay(chosen.who, page)).state}` : 'no page'
}

const ids = (invoices: readonly InvoiceRow[]) => invoices.map(row => ({ invoiceId: row.id }))

function anInvoice(scene: Scene, invoices: readonly Fields[]): Fields | undefined {
  const owed = invoices.filter(row => Number(row['Balance']) > 0 && ['1', '3'].includes(String((row['CustomerRef'] as Fields)['value'])))
  return owed[scene.ground.random.int(0, Math.max(0, owed.length - 1))]
}

/** The payer's bank asks, and the payer says yes or no; the bank may be out of reach. */
async function atBank(scene: Scene, paymentId: string): Promise<void> {
  const { url, secretKey } = scene.ground.outside.stripe
  const held = (await (await fetch(`${url}/_emulator/state`)).json()) as { payment_intents: Fields[] }
  const intent = held.payment_intents.find(row => (row['metadata'] as Fields)['payment'] === paymentId)
  if (intent?.['status'] !== 'requires_action') return
  const answer = new URLSearchParams({ client_secret: String(intent['client_secret']), outcome: scene.ground.random.chance(0.7) ? 'complete' : 'fail' })
  await fetch(`${url}/endive/challenge/${String(intent['id'])}`, { method: 'POST', headers: { authorization: `Bearer ${secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: answer })
}
