import type { CardView, ConsoleCustomerList, ConsoleInvoiceList, ConsoleInvoiceRow, ConsolePaymentList, HomeView } from '../../api/domain/console-views.ts'
import { signInToConsole } from '../merchant.ts'
import type { World } from '../world.ts'

export type Answer<T = Record<string, unknown>> = { status: number; body: T; headers: Headers }
export type Ask = <T = Record<string, unknown>>(method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer<T>>

/** Asks the API as the console's page does in somebody's browser; `headers` replace what the page would send. */
export const asking = (world: World, cookie: string): Ask => async <T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<T>> => {
  const sent = { cookie, ...(method === 'GET' ? {} : { origin: world.apiUrl, 'content-type': 'application/json' }), ...headers }
  const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''))
  const answer = await fetch(`${world.apiUrl}${path}`, { method, redirect: 'manual', headers: kept, ...(body ? { body: JSON.stringify(body) } : {}) })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false
  return { status: answer.status, body: (isJson ? JSON.parse(text) : { text }) as T, headers: answer.headers }
}

/** The merchant's own people at work in the console. */
export function staffAt(world: World, cookie = world.merchant.cookie) {
  const ask = asking(world, cookie)
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await ask<T>('GET', path)
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  return {
    ask, get, cookie,
    home: () => get<HomeView>('/v1/merchant/home'),
    card: async (test: (card: CardView) => boolean): Promise<CardView | undefined> => (await get<HomeView>('/v1/merchant/home')).cards.find(test),
    invoices: (query: string) => get<ConsoleInvoiceList>(`/v1/merchant/invoices?${query}`),
    invoice: async (number: unknown): Promise<ConsoleInvoiceRow | undefined> => (await get<ConsoleInvoiceList>(`/v1/merchant/invoices?q=${String(number)}`)).invoices.find(row => row.number === number),
    customers: (query: string) => get<ConsoleCustomerList>(`/v1/merchant/customers?${query}`),
    payments: () => get<ConsolePaymentList>('/v1/merchant/payments'),
  }
}

/** Another merchant, signed in and without a company. */
export async function anotherMerchant(world: World, email: string) {
  return staffAt(world, await signInToConsole({ apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email }))
}
