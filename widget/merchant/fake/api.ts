import type { ConsoleInvoiceRow, ImportView, SettingsView } from '../../../api/domain/console-views.ts'
import { importOf, money, type FakeCompany } from './company.ts'

export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> }
export type FakeRequest = { method: string; path: string; query: URLSearchParams; body: Record<string, unknown> }

/** The console's API over a company in memory, for tests of the pages alone. Its code to sign in is 123456. */
export class FakeApi {
  readonly company: FakeCompany
  signedIn: boolean
  /** Every request that changed something, e.g. "POST /v1/merchant/disconnect". */
  readonly asked: string[] = []
  /** What the next request that matches is answered instead, once. */
  readonly faults: { matches: RegExp; answer: FakeAnswer }[] = []
  readonly mailed: { invoiceId: string; email: string }[] = []
  private readonly listeners = new Set<(name: string, data: unknown) => void>()

  constructor(company: FakeCompany, options: { signedIn?: boolean } = {}) {
    this.company = company
    this.signedIn = options.signedIn ?? true
  }

  /** Sends a server-sent event to every open page. */
  emit(name: 'import' | 'changed', data: unknown): void {
    for (const listener of this.listeners) listener(name, data)
  }

  onEvent(listener: (name: string, data: unknown) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** How many pages follow the event stream. */
  get listening(): number {
    return this.listeners.size
  }

  answer(request: FakeRequest): FakeAnswer {
    const line = `${request.method} ${request.path}`
    if (request.method !== 'GET') this.asked.push(line)
    const fault = this.faults.findIndex(({ matches }) => matches.test(line))
    if (fault >= 0) return this.faults.splice(fault, 1)[0]?.answer ?? problem(500, 'unavailable', '')
    if (line === 'POST /v1/merchant/sign-in/codes') return { status: 202, body: {} }
    if (line === 'POST /v1/merchant/sign-in/sessions') {
      if (request.body['code'] !== '123456') return problem(401, 'invalid-code', 'wrong code')
      this.signedIn = true
      return { status: 201, body: {} }
    }
    if (!this.signedIn) return problem(401, 'unauthorized', 'Sign in first.')
    return this.read(line, request) ?? this.change(line, request) ?? problem(404, 'not-found', `There is no ${line}.`)
  }

  private read(line: string, { query, path }: FakeRequest): FakeAnswer | null {
    const { company } = this
    switch (line) {
      case 'GET /v1/merchant': return ok(company.view)
      case 'GET /v1/merchant/home': return ok(company.home)
      case 'GET /v1/merchant/ledger-accounts': return ok({ accounts: company.ledgerAccounts })
      case 'GET /v1/merchant/api-keys': return ok({ keys: company.keys })
      case 'GET /v1/merchant/payments': {
        const page = pageOf(company.payments, query)
        return ok({ payments: page.rows, nextCursor: page.nextCursor })
      }
      case 'GET /v1/merchant/customers': {
        const q = query.get('q')?.toLowerCase() ?? ''
        const page = pageOf(company.customers.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(q)), query)
        return ok({ customers: page.rows, nextCursor: page.nextCursor, total: page.total })
      }
      case 'GET /v1/merchant/invoices': {
        const page = pageOf(company.invoices.filter(row => matches(row, query)), query)
        return ok({ invoices: page.rows, nextCursor: page.nextCursor, total: page.total })
      }
      default: {
        const links = /^GET \/v1\/merchant\/customers\/(.+)\/links$/.exec(line)
        return links && path ? ok({ links: company.links.filter(({ customerId }) => customerId === links[1]) }) : null
      }
    }
  }

  private change(line: string, { body }: FakeRequest): FakeAnswer | null {
    const { company } = this
    const [, , , , noun = '', id = '', verb = ''] = line.split(/[ /]/)
    const invoice = company.invoices.find(row => row.id === id)
    switch (`${line.split(' ')[0]} ${noun}${verb ? `/${verb}` : ''}`) {
      case 'DELETE session': this.signedIn = false; return { status: 204 }
      case 'POST disconnect':
        company.view = { ...company.view, connection: { ...company.view.connection, state: 'disconnected' } }
        return ok(company.view.connection)
      case 'POST imports': {
        const started: ImportView = { ...importOf('running', body['kind'] as ImportView['kind']), id: 'imp_2' }
        company.view = { ...company.view, import: started }
        return { status: 202, body: started }
      }
      case 'POST publications': for (const row of company.invoices) if ((body['ids'] as string[]).includes(row.id)) publish(row); return ok({})
      case 'POST invoices/send':
        if (!invoice) return null
        publish(invoice)
        this.mailed.push({ invoiceId: id, email: String(body['email']) })
        return ok(invoice)
      case 'POST invoices/archive': if (!invoice) return null; invoice.visibility = 'archived'; return ok(invoice)
      case 'POST customers/links': {
        const link = { id: `lnk_${company.links.length + 1}`, customerId: id, invoiceId: null, scope: 'customer' as const, email: null, createdAt: '2026-11-21T09:00:00Z', expiresAt: '2027-11-21T09:00:00Z', revokedAt: null }
        company.links = [...company.links, link]
        return { status: 201, body: { url: `https://pay.example/i/lnk_secret_${id}`, link } }
      }
      case 'POST customers/preview': return ok({ url: `https://pay.example/i/preview_${id}` })
      case 'DELETE links': company.links = company.links.map(link => link.id === id ? { ...link, revokedAt: '2026-11-21T09:00:00Z' } : link); return { status: 204 }
      case 'PATCH settings': company.view = { ...company.view, settings: { ...company.view.settings, ...(body as Partial<SettingsView>) } }; return ok(company.view.settings)
      case 'POST api-keys': {
        const key = { id: `key_${company.keys.length + 1}`, name: String(body['name']), lastFour: '9Zk2', createdAt: '2026-11-21T09:00:00Z', lastUsedAt: null }
        company.keys = [...company.keys, key]
        return { status: 201, body: { ...key, key: 'qk_test_secret9Zk2' } }
      }
      case 'DELETE api-keys': company.keys = company.keys.filter(key => key.id !== id); return { status: 204 }
      default:
        if (noun !== 'cards') return null
        company.home = { ...company.home, cards: company.home.cards.filter(card => card.id !== id) }
        return ok(company.home)
    }
  }
}

/** A problem+json as the API writes it. */
export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): FakeAnswer {
  return { status, body: { type: `https://quittance.example/problems/${code}`, title: code, status, detail, instance: '/', requestId: 'req_1' }, headers }
}

function ok(body: unknown): FakeAnswer {
  return { status: 200, body }
}

function publish(row: ConsoleInvoiceRow): void {
  row.visibility = 'published'
  if (row.state === 'draft') Object.assign(row, { state: 'open', stateText: 'Open', balance: row.total, payable: row.total, whyNot: null, processingText: null, canPay: row.total.amount > money(0).amount })
}

function matches(row: ConsoleInvoiceRow, query: URLSearchParams): boolean {
  const filter = query.get('filter') ?? 'all'
  const q = query.get('q')?.toLowerCase() ?? ''
  const kept = filter === 'archived' ? row.visibility === 'archived' : row.visibility !== 'archived' && (filter === 'all' || row.state === filter)
  return kept && `${row.number} ${row.customerName}`.toLowerCase().includes(q)
}

function pageOf<Row>(rows: readonly Row[], query: URLSearchParams): { rows: Row[]; nextCursor: string | null; total: number } {
  const from = Number(query.get('cursor') ?? 0)
  const size = Number(query.get('limit') ?? 50)
  return { rows: rows.slice(from, from + size), nextCursor: from + size < rows.length ? String(from + size) : null, total: rows.length }
}
