import type { CheckoutCreated, InvoiceCounts, InvoiceFilter, InvoiceList, InvoiceRow, InvoiceSort, MerchantView, PortalView } from '../api/domain/views.ts'
import { listQuery, type Answer, type Client, type Trouble } from './client.ts'
import type { Selection } from './selection.ts'

export type PortalState = {
  phase: 'loading' | 'ready' | 'signed-out' | 'failed'
  /** Why it is signed out or failed; null where nobody has signed in yet. */
  why: Trouble | null
  merchant: MerchantView | null
  view: PortalView | null
  rows: InvoiceRow[]
  nextCursor: string | null
  counts: InvoiceCounts
  filter: InvoiceFilter
  sort: InvoiceSort
  query: string
  busy: 'list' | 'more' | 'pay' | null
  /** Trouble that leaves the list standing. */
  banner: Trouble | null
  /** When the list was last known to be true. */
  asOf: Date
  selection: Selection
  /** What the live region says. */
  said: string
  /** The invoice that is open, by id. */
  open: string | null
}

export type EventName = 'ready' | 'pay' | 'paid' | 'error'
export type PortalPorts = {
  client: Client
  merchantKey: string
  now: () => Date
  /** Tells the page; false when the page asks us not to go on. */
  emit: (name: EventName, detail: Record<string, unknown>) => boolean
  /** Where the customer goes to pay; absent where the payment opens over this page. */
  goToPayment?: (created: CheckoutCreated) => void
  /** The filter, sort, search and open invoice that the page begins with. */
  begin?: Partial<Pick<PortalState, 'filter' | 'sort' | 'query' | 'open'>>
}

/** What a fresh view decides. */
export type Facts = Pick<PortalState, 'phase' | 'why' | 'banner' | 'view' | 'merchant' | 'rows' | 'nextCursor' | 'counts'> & Partial<Pick<PortalState, 'said'>>

const pageSize = 50
/** As many as the API gives at once: who has come so far scrolls on. */
const laterPageSize = 100
/** So often a first load is tried again before the reader is told. */
const quietTriesMax = 2
const longestWaitS = 30
const none = { open: 0, overdue: 0, processing: 0, paid: 0, all: 0 }

/** The state of one customer's list, and how it is read. What else can be done with it lives with the parts that do it. */
export class Portal {
  state: PortalState
  readonly ports: PortalPorts
  #listeners = new Set<() => void>()
  #turn = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #tries = 0

  constructor(ports: PortalPorts, known?: PortalView) {
    this.ports = ports
    this.state = {
      phase: 'loading', why: null, merchant: null, view: null, rows: [], nextCursor: null, counts: none,
      filter: 'open', sort: 'due', query: '', busy: null, banner: null, asOf: ports.now(), selection: new Map(), said: '', open: null,
      ...ports.begin,
      ...(known && factsOf(known)),
    }
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(change: Partial<PortalState>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.#listeners) listener()
  }

  /** Ends what would go on by itself. */
  stop(): void {
    clearTimeout(this.#retry)
    this.#turn++
  }

  /** Asks, unless something newer is asked meanwhile: then the answer is dropped, and null comes back. */
  async latest<T>(question: Promise<Answer<T>>): Promise<Answer<T> | null> {
    const turn = ++this.#turn
    const answer = await question
    return turn === this.#turn ? answer : null
  }

  /**
   * Reads everything anew, keeping what is on the screen until the answer is here.
   * `settle` may weigh the fresh facts against what the reader has before them.
   */
  async refresh(settle: (facts: Facts) => Promise<Facts> = async facts => facts): Promise<void> {
    clearTimeout(this.#retry)
    const { emit } = this.ports
    const answer = await this.latest(this.#read(settle))
    if (!answer) return
    if ('trouble' in answer) return this.fail(answer.trouble)
    const first = this.state.phase !== 'ready'
    this.#tries = 0
    this.set({ ...answer.value, asOf: this.ports.now(), busy: this.state.busy === 'pay' ? 'pay' : null })
    if (first) emit('ready', { open: this.state.counts.open })
  }

  async #read(settle: (facts: Facts) => Promise<Facts>): Promise<Answer<Facts>> {
    const { client } = this.ports
    if ((await client.session.token()) === null) return { trouble: { code: 'signed-out', detail: '', retryAfterS: 0, invoices: [] } }
    const answer = await client.json<PortalView>('GET', `/v1/portal${this.query()}`)
    return 'trouble' in answer ? answer : { value: await settle(factsOf({ ...answer.value })) }
  }

  /** Shows another part of the list. */
  async list(change: Partial<Pick<PortalState, 'filter' | 'sort' | 'query'>>): Promise<void> {
    this.set({ ...change, busy: 'list' })
    const answer = await this.latest(this.ports.client.json<InvoiceList>('GET', `/v1/invoices${this.query()}`))
    if (!answer) return
    this.set({ busy: null })
    if ('trouble' in answer) return this.fail(answer.trouble)
    const { invoices: rows, nextCursor, counts } = answer.value
    this.set({ rows, nextCursor, counts, banner: null })
  }

  /** The query of this list's first page, or of the one at `cursor`. */
  query(cursor?: string): string {
    const { filter, sort, query: q } = this.state
    return listQuery({ filter, sort, q, limit: cursor ? laterPageSize : pageSize, ...(cursor && { cursor }) }, this.ports.client.locale)
  }

  /** A list that stands stays; reading goes on by itself where waiting helps. */
  fail(trouble: Trouble): void {
    const { code } = trouble
    if (code === 'signed-out' || code === 'unauthorized' || code === 'expired') return this.#signOut(code === 'signed-out' ? null : trouble)
    this.ports.emit('error', { code })
    const waits = code === 'rate-limited'
    if (this.state.view) this.set({ banner: trouble })
    else if (waits || code !== 'offline' && code !== 'unavailable' || this.#tries >= quietTriesMax) this.set({ phase: 'failed', why: trouble })
    if (waits || code === 'offline' || code === 'unavailable') {
      this.#retry = setTimeout(() => void this.refresh(), 1000 * (waits ? trouble.retryAfterS : Math.min(2 ** this.#tries++, longestWaitS)))
    }
  }

  /** Forgets this customer; the way back in is shown. */
  #signOut(why: Trouble | null): void {
    this.set({ phase: 'signed-out', why, view: null, rows: [], selection: new Map(), open: null, banner: null, busy: null })
  }
}

function factsOf(view: PortalView): Facts {
  const { invoices, nextCursor, counts } = view.list
  return { phase: 'ready', why: null, banner: null, view, merchant: view.merchant, rows: invoices, nextCursor, counts }
}
