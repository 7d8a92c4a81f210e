import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { Books } from '../books/books.ts'
import type { EntityName } from '../books/entities.ts'
import { textAt, type JsonObject } from '../books/json.ts'
import { companiesPage, companyPage, missingPage } from './companyPages.ts'
import { creditMemoPage, customerPage, invoicePage, paymentPage, type Shown } from './documentPages.ts'
import type { Html } from '../layout.ts'

export type ScreenParts = {
  books: Books
  appName: string
  isConnected(realmId: string): boolean
  /** What removing the app in QuickBooks does. */
  disconnect(realmId: string): void
}

const rowsShown = 25

/** QuickBooks' own addresses of a document, and what each shows. */
const documents: Readonly<Record<string, { entity: EntityName; param: 'txnId' | 'nameId'; page: (shown: Shown) => Html }>> = {
  invoice: { entity: 'Invoice', param: 'txnId', page: invoicePage },
  recvpayment: { entity: 'Payment', param: 'txnId', page: paymentPage },
  creditmemo: { entity: 'CreditMemo', param: 'txnId', page: creditMemoPage },
  customerdetail: { entity: 'Customer', param: 'nameId', page: customerPage },
}

/**
 * What a person sees in QuickBooks: the companies at `/`, a company with its newest payments and invoices, and single documents at QuickBooks' own
 * addresses (`/app/invoice?txnId=145`, `/app/recvpayment?txnId=…`). The books are read, never changed; removing a connected app is the one thing to do.
 */
export function mountScreens(app: Hono<{ Bindings: HttpBindings }>, parts: ScreenParts): void {
  const { books } = parts
  app.get('/', c => show(c, companiesPage(books.companies())))
  app.get('/app/company/:realmId', c => {
    const company = books.company(c.req.param('realmId'))
    if (!company) return show(c, missingPage('There is no such company.'), 404)
    const { realmId } = company
    const connectedApp = parts.isConnected(realmId) ? parts.appName : undefined
    return show(c, companyPage({ company, counts: books.counts(realmId), payments: newest(books, realmId, 'Payment'), invoices: newest(books, realmId, 'Invoice'), connectedApp }))
  })
  app.post('/app/company/:realmId/disconnect', c => {
    parts.disconnect(c.req.param('realmId'))
    return c.redirect(`/app/company/${encodeURIComponent(c.req.param('realmId'))}`, 303)
  })
  app.get('/app/:document', c => {
    const document = documents[c.req.param('document')]
    const id = document && c.req.query(document.param)
    const found = document && id !== undefined ? find(books, document.entity, id, c.req.query('realm')) : undefined
    if (!document || !found) return show(c, missingPage('There is no such document. It may have been deleted.'), 404)
    return show(c, document.page(found))
  })
}

/** QuickBooks takes the company from the person's session; without one, the first company that holds the document is meant. */
function find(books: Books, entity: EntityName, id: string, realm: string | undefined): Shown | undefined {
  for (const company of books.companies()) {
    const object = realm === undefined || company.realmId === realm ? books.read(company.realmId, entity, id) : undefined
    if (object) return { company, object, read: (entity, id) => books.read(company.realmId, entity, id), ofCustomer: entity => ofCustomer(books, company.realmId, entity, textAt(object, 'Id') ?? '') }
  }
  return undefined
}

function newest(books: Books, realmId: string, entity: EntityName): JsonObject[] {
  return books.page(realmId, { entity, where: [], order: [{ field: { column: 'updated' }, descending: true }], start: 1, limit: rowsShown })
}

function ofCustomer(books: Books, realmId: string, entity: EntityName, customerId: string): JsonObject[] {
  const where = [{ field: { column: 'customer' }, operator: '=', values: [customerId] }] as const
  return books.page(realmId, { entity, where, order: [{ field: { column: 'txn_date' }, descending: true }], start: 1, limit: rowsShown })
}

function show(c: Context, page: Html, status: 200 | 404 = 200): Response | Promise<Response> {
  c.header('Cache-Control', 'no-store')
  c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
  return c.html(page, status)
}
