import type {
  ApiKeyCreated, ApiKeyView, ConnectionView, ConsoleCustomerList, ConsoleCustomerRow, ConsoleInvoiceFilter, ConsoleInvoiceList,
  ConsolePaymentList, ConsoleView, HomeView, ImportView, LedgerAccountView, LinkView, SettingsView,
} from '../../api/domain/console-views.ts'
import type { Outside } from './outside.ts'
import { problemOf, unreachable } from './problem.ts'

const timeoutMs = 30_000
const pageSize = 50

export type ConsoleClient = ReturnType<typeof createClient>

/**
 * The console's API, one function a route. Each rejects with a ConsoleProblem.
 * `onSignedOut` is called when the server no longer knows the session.
 */
export function createClient(fetch: Outside['fetch'], onSignedOut: () => void) {
  const { ask, tell } = requests(fetch, onSignedOut)
  const at = (id: string) => encodeURIComponent(id)
  return {
    view: () => ask<ConsoleView>('GET', '/v1/merchant'),
    requestCode: (email: string) => tell('POST', '/v1/merchant/sign-in/codes', { email }, 'sign-in'),
    signIn: (email: string, code: string) => tell('POST', '/v1/merchant/sign-in/sessions', { email, code }, 'sign-in'),
    signOut: () => tell('DELETE', '/v1/merchant/session'),
    disconnect: () => ask<ConnectionView>('POST', '/v1/merchant/disconnect', {}),
    startImport: (kind: 'since_last' | 'customers' | 'full') => ask<ImportView>('POST', '/v1/merchant/imports', { kind }),
    home: () => ask<HomeView>('GET', '/v1/merchant/home'),
    invoices: (want: { filter: ConsoleInvoiceFilter; q: string; cursor: string | null }) =>
      ask<ConsoleInvoiceList>('GET', `/v1/merchant/invoices${queryOf({ ...want, limit: String(pageSize) })}`),
    publish: (ids: readonly string[]) => tell('POST', '/v1/merchant/publications', { ids }),
    send: (id: string, email: string) => tell('POST', `/v1/merchant/invoices/${at(id)}/send`, { email }),
    archive: (id: string) => tell('POST', `/v1/merchant/invoices/${at(id)}/archive`, {}),
    customers: (want: { q: string; cursor: string | null }) => ask<ConsoleCustomerList>('GET', `/v1/merchant/customers${queryOf(want)}`),
    customerNamed: async (id: string, name: string): Promise<ConsoleCustomerRow | null> => {
      const { customers } = await ask<ConsoleCustomerList>('GET', `/v1/merchant/customers${queryOf({ q: name })}`)
      return customers.find(customer => customer.id === id) ?? null
    },
    createLink: (customerId: string) => ask<{ url: string; link: LinkView }>('POST', `/v1/merchant/customers/${at(customerId)}/links`, {}),
    links: (customerId: string) => ask<{ links: LinkView[] }>('GET', `/v1/merchant/customers/${at(customerId)}/links`),
    revokeLink: (id: string) => tell('DELETE', `/v1/merchant/links/${at(id)}`),
    preview: (customerId: string) => ask<{ url: string }>('POST', `/v1/merchant/customers/${at(customerId)}/preview`, {}),
    payments: (want: { cursor: string | null }) => ask<ConsolePaymentList>('GET', `/v1/merchant/payments${queryOf(want)}`),
    runCard: (id: string, action: string) => ask<HomeView>('POST', `/v1/merchant/cards/${at(id)}/${at(action)}`, {}),
    saveSettings: (change: Partial<SettingsView>) => ask<SettingsView>('PATCH', '/v1/merchant/settings', change),
    ledgerAccounts: () => ask<{ accounts: LedgerAccountView[] }>('GET', '/v1/merchant/ledger-accounts'),
    apiKeys: () => ask<{ keys: ApiKeyView[] }>('GET', '/v1/merchant/api-keys'),
    createApiKey: (name: string) => ask<ApiKeyCreated>('POST', '/v1/merchant/api-keys', { name }),
    deleteApiKey: (id: string) => tell('DELETE', `/v1/merchant/api-keys/${at(id)}`),
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

function requests(fetch: Outside['fetch'], onSignedOut: () => void) {
  async function send(method: Method, path: string, body: unknown, during?: 'sign-in'): Promise<Response> {
    const changes = method !== 'GET'
    const init: RequestInit = {
      method,
      credentials: 'same-origin',
      headers: changes ? { accept: 'application/json', 'content-type': 'application/json' } : { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    const response = await fetch(path, init).catch(() => Promise.reject(unreachable(changes)))
    if (response.ok) return response
    const problem = await problemOf(response)
    if (problem.status === 401 && !during) onSignedOut()
    throw problem
  }
  return {
    ask: async <T>(method: Method, path: string, body?: unknown): Promise<T> => {
      const response = await send(method, path, body)
      return response.json().catch(() => Promise.reject(unreachable(method !== 'GET'))) as Promise<T>
    },
    tell: async (method: Method, path: string, body?: unknown, during?: 'sign-in'): Promise<void> => {
      await send(method, path, body, during)
    },
  }
}

function queryOf(want: Record<string, string | null>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(want)) if (value) query.set(name, value)
  const text = query.toString()
  return text ? `?${text}` : ''
}
