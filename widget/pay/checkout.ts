import type { CheckoutView, PaymentView } from '../../api/domain/views.ts'
import type { Answer, Client, Trouble } from '../client.ts'
import type { CardForm } from './card-form.ts'
import type { Frame } from './frame.ts'
import type { PaymentIds } from './payment-id.ts'
import { words } from './words.ts'

export type Stage =
  | 'form' | 'working' | 'verifying' | 'verify-left' | 'unknown' | 'unknown-long' | 'processing' | 'elsewhere' | 'paid' | 'expired' | 'closed'

export type CheckoutState = {
  view: CheckoutView
  stage: Stage
  payment: PaymentView | null
  /** What to tell the payer above the button; `bad` where something went wrong. */
  note: { text: string; bad: boolean } | null
  /** True once the amounts were changed under the payer's eyes. */
  changed: boolean
  card: 'loading' | 'ready' | 'failed'
}

export type CheckoutPorts = {
  client: Client
  /** The page's own address: "/pay/<checkout>". */
  base: string
  ids: PaymentIds
  frame: Frame
  wait: (ms: number) => Promise<void>
}

/** How long to wait before each question whether a payment went through; then the last one again and again. */
const unknownWaitsMs = [1_000, 2_000, 3_000, 5_000, 5_000, 10_000, 10_000, 20_000, 30_000]

/** One checkout in the payer's hands: every path ends in an answer of the server, and none charges twice. */
export class Checkout {
  state: CheckoutState
  readonly ports: CheckoutPorts
  form: CardForm | null = null
  #replaces = false
  #busy = false
  #listeners = new Set<() => void>()

  constructor(ports: CheckoutPorts, view: CheckoutView) {
    this.ports = ports
    this.state = { view, stage: 'form', payment: view.payment, note: view.notice ? { text: view.notice, bad: false } : null, changed: view.state === 'changed', card: 'loading' }
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(change: Partial<CheckoutState>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.#listeners) listener()
  }

  /** Takes up the checkout as the server left it: a reload in the middle of a payment goes on with that payment. */
  async begin(): Promise<void> {
    const { view } = this.state
    const { payment } = view
    switch (view.state) {
      case 'expired': return this.set({ stage: 'expired', note: null })
      case 'paid': case 'processing': return payment ? this.#alone(async () => this.#take(payment)) : this.set({ stage: 'closed' })
      case 'paying':
        if (payment && payment.id === this.ports.ids.begun()) return this.#alone(async () => this.#take(payment))
        return this.set({ stage: 'elsewhere', payment })
      case 'ready': case 'changed':
        if (!view.stripe) this.set({ stage: 'closed' })
    }
  }

  /** The main button. A second press while the first is at work does nothing. */
  async pay(): Promise<void> {
    const { form, ports } = this
    if (!form) return
    await this.#alone(async () => {
      this.set({ stage: 'working', note: null })
      const filled = await form.token()
      if ('fault' in filled) return this.#back(filled.fault)
      const body = { paymentId: ports.ids.current(), confirmationToken: filled.token, ...(this.#replaces && { replaceOpen: true }) }
      await this.#follow(await ports.client.json<PaymentView>('POST', `${ports.base}/payments`, JSON.stringify(body)))
    })
  }

  /** Another try with the payer's bank. */
  async verify(): Promise<void> {
    const { payment } = this.state
    if (payment) await this.#alone(async () => this.#take(payment))
  }

  /** Gives up a payment that waits for the payer's bank. */
  async giveUp(): Promise<void> {
    const { payment } = this.state
    if (!payment) return
    await this.#alone(async () => {
      const answer = await this.ports.client.json<PaymentView>('DELETE', `${this.ports.base}/payments/${payment.id}`)
      if ('trouble' in answer) return this.#ask(payment.id)
      await this.#take(answer.value)
    })
  }

  /** Offers the form again in place of a payment that is open elsewhere. */
  startOver(): void {
    this.ports.ids.drop()
    this.#replaces = true
    this.set({ stage: 'form', note: null, payment: null })
  }

  /** Asks the page around this one to close it; not while a payment is at work. */
  leave(): void {
    if (!this.#busy || this.state.stage === 'unknown-long') this.ports.frame.tell({ type: 'close' })
  }

  async #alone(work: () => Promise<void> | void): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    this.ports.frame.tell({ type: 'busy' })
    try {
      await work()
    } finally {
      this.#busy = false
      this.ports.frame.tell({ type: 'idle' })
    }
  }

  async #follow(answer: Answer<PaymentView>): Promise<void> {
    if ('value' in answer) return this.#take(answer.value)
    const { trouble } = answer
    switch (trouble.code) {
      case 'offline': case 'unavailable': return this.#ask(this.ports.ids.current())
      case 'balance-changed': return this.#recount(trouble)
      case 'already-paying': return this.set({ stage: 'elsewhere', note: trouble.detail ? { text: trouble.detail, bad: false } : null })
      case 'checkout-expired': case 'expired': case 'not-found': case 'unauthorized': return this.set({ stage: 'expired', note: null })
      case 'rate-limited': return this.#back(trouble.detail || words.wait(trouble.retryAfterS))
      default:
        this.ports.ids.drop()
        return this.#back(trouble.detail || words.failed)
    }
  }

  async #take(payment: PaymentView): Promise<void> {
    const { ids, frame } = this.ports
    this.set({ payment })
    switch (payment.state) {
      case 'succeeded':
        ids.drop()
        this.set({ stage: 'paid', note: null })
        return frame.tell({ type: 'paid', invoices: this.state.view.lines.map(line => line.invoiceId) })
      case 'failed':
        ids.drop()
        return this.#back(payment.message ?? words.failed)
      case 'processing':
        this.set({ stage: 'processing', note: null })
        return this.#askLater(payment.id)
      case 'needs_action': return this.#confirm(payment)
      case 'unknown': return this.#ask(payment.id)
    }
  }

  async #confirm(payment: PaymentView): Promise<void> {
    if (!this.form || !payment.clientSecret) return this.set({ stage: 'verify-left', note: null })
    this.set({ stage: 'verifying', note: null })
    await this.form.confirm(payment.clientSecret)
    const answer = await this.ports.client.json<PaymentView>('GET', `${this.ports.base}/payments/${payment.id}`)
    if ('trouble' in answer) return this.#ask(payment.id)
    if (answer.value.state === 'needs_action') return this.set({ stage: 'verify-left', payment: answer.value })
    await this.#take(answer.value)
  }

  /** Asks until it is known. Nothing is charged again meanwhile: the payment's id stays, and the button is away. */
  async #ask(paymentId: string): Promise<void> {
    this.set({ stage: 'unknown', note: null })
    let heldMs = 0
    for (let tries = 0; ; tries++) {
      const waitMs = unknownWaitsMs[Math.min(tries, unknownWaitsMs.length - 1)] ?? 0
      await this.ports.wait(Math.max(waitMs, heldMs))
      const answer = await this.ports.client.json<PaymentView>('GET', `${this.ports.base}/payments/${paymentId}`)
      if ('value' in answer && answer.value.state !== 'unknown') return this.#take(answer.value)
      heldMs = 'trouble' in answer && answer.trouble.code === 'rate-limited' ? answer.trouble.retryAfterS * 1_000 : 0
      // The server never saw it; the same id makes another try safe even if it still arrives.
      if ('trouble' in answer && answer.trouble.code === 'not-found') return this.#back(words.notArrived)
      if ('trouble' in answer && answer.trouble.code === 'checkout-expired') return this.set({ stage: 'expired' })
      if (tries >= unknownWaitsMs.length && this.state.stage !== 'unknown-long') {
        this.set({ stage: 'unknown-long' })
        this.ports.frame.tell({ type: 'idle' })
      }
    }
  }

  /** A payment on its way is a good end; the page only watches whether it arrives meanwhile, and may be closed. */
  #askLater(paymentId: string): void {
    const { client, base, wait } = this.ports
    void (async () => {
      for (const waitMs of unknownWaitsMs) {
        await wait(waitMs)
        const answer = await client.json<PaymentView>('GET', `${base}/payments/${paymentId}`)
        if ('value' in answer && answer.value.state !== 'processing') return this.#take(answer.value)
      }
    })()
  }

  async #recount(trouble: Trouble): Promise<void> {
    const { client, base, ids } = this.ports
    ids.drop()
    const answer = await client.json<CheckoutView>('GET', `${base}/view`)
    if ('trouble' in answer) return this.#back(trouble.detail || words.failed)
    const view = answer.value
    this.set({ view, changed: true })
    if (view.state !== 'ready' && view.state !== 'changed') return this.begin()
    if (!view.stripe || view.lines.length === 0) return this.set({ stage: 'closed', note: { text: view.notice ?? trouble.detail, bad: false } })
    this.form?.setAmount(view.total.amount)
    this.#back(trouble.detail || view.notice, false)
  }

  #back(text: string | null, bad = true): void {
    this.set({ stage: 'form', note: text ? { text, bad } : null })
  }
}
