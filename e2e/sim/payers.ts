import type { CheckoutCreated, InvoiceRow, PaymentView, PortalView } from '../../api/domain/views.ts'
import { type Fields, newPaymentId } from '../flows/payer.ts'
import type { Ground } from './ground.ts'
import type { SimMerchant } from './merchant.ts'

/** Somebody who calls, for whom every answer is kept, so that it can be held against what they may see. */
export type SimCustomer = { merchant: SimMerchant; quickBooksId: string }
export type Answered = { who: SimCustomer; path: string; status: number; text: string }
export type Click = { who: SimCustomer; page: string; paymentId: string; /** What the payer was told, in order. */ told: string[] }
export type Payers = ReturnType<typeof payersOn>

const timeoutMs = 20_000
/** Callers come from everywhere, as the front says: limits by address are another test's matter. */
const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
const patienceMs = 600
const waitsMs = 31_000

/** What payers do; where the product does not answer, they have no answer, and that is all. */
export function payersOn(ground: Ground) {
  const answers: Answered[] = []
  const clicks = new Map<string, Click>()
  /** Tokens that callers were given: none of them may stand in a log. */
  const secrets: string[] = []

  const ask = async (who: SimCustomer, token: string | null, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
    // Time passes for whoever waits, e.g. for the lease of a node that died.
    const waiting = setInterval(() => ground.clock.advance(waitsMs), patienceMs)
    try {
      const answer = await fetch(`${ground.apiUrl}${path}`, {
        method, signal: AbortSignal.timeout(timeoutMs), headers: { 'x-forwarded-for': addressOf(answers.length), ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const text = await answer.text()
      answers.push({ who, path, status: answer.status, text })
      return { status: answer.status, body: text && answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : text }
    } catch (error) {
      if (!(error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))) throw error
      return { status: 0, body: null }
    } finally {
      clearInterval(waiting)
    }
  }
  const session = async (who: SimCustomer): Promise<string | null> => {
    const { status, body } = await ask(who, who.merchant.apiKey, 'POST', '/v1/sessions', { customer: { quickBooksId: who.quickBooksId } })
    if (status !== 201) return null
    const { token } = body as { token: string }
    secrets.push(token)
    return token
  }
  const token = async (card: string): Promise<string | null> => {
    const answer = await fetch(`${ground.outside.stripe.url}/v1/test_helpers/confirmation_tokens`, {
      method: 'POST', headers: { authorization: `Bearer ${ground.outside.stripe.secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: new URLSearchParams({ payment_method: card }),
    })
    return ((await answer.json()) as Fields)['id'] as string
  }
  const hear = (click: Click, { status, body }: { status: number; body: unknown }): string => {
    const state = status >= 200 && status < 300 ? (body as PaymentView).state : status === 0 ? 'lost' : `refused ${status}`
    click.told.push(state)
    return state
  }
  return {
    answers, clicks, secrets, ask, session,
    /** What a payer may pay now. */
    open: async (who: SimCustomer): Promise<{ token: string; invoices: InvoiceRow[] } | null> => {
      const mine = await session(who)
      if (!mine) return null
      const { status, body } = await ask(who, mine, 'GET', '/v1/portal?filter=open&limit=100')
      return status === 200 ? { token: mine, invoices: (body as PortalView).list.invoices } : null
    },
    /** Opens the pay page for what was chosen; null where it is refused or does not answer. */
    checkout: async (who: SimCustomer, mine: string, invoices: { invoiceId: string; amount?: number }[]): Promise<string | null> => {
      const { status, body } = await ask(who, mine, 'POST', '/v1/checkouts', { invoices })
      if (status !== 201) return null
      const page = new URL((body as CheckoutCreated).url).pathname
      secrets.push(page.split('/')[2] ?? '')
      return page
    },
    /** Presses Pay; the id of the attempt is made by the payer's browser. */
    pay: async (who: SimCustomer, page: string, { card = 'pm_card_visa', paymentId = newPaymentId(), replaceOpen = false } = {}): Promise<{ paymentId: string; state: string }> => {
      const confirmationToken = await token(card)
      const click = clicks.get(paymentId) ?? { who, page, paymentId, told: [] }
      clicks.set(paymentId, click)
      const answer = await ask(who, null, 'POST', `${page}/payments`, { paymentId, confirmationToken, ...(replaceOpen ? { replaceOpen: true } : {}) })
      return { paymentId, state: hear(click, answer) }
    },
    look: async (click: Click): Promise<string> => hear(click, await ask(click.who, null, 'GET', `${click.page}/payments/${click.paymentId}`)),
    giveUp: async (click: Click): Promise<string> => hear(click, await ask(click.who, null, 'DELETE', `${click.page}/payments/${click.paymentId}`)),
  }
}
