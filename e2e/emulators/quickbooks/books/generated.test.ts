import { expect, test } from 'vitest'
import { generateCompany } from '../../../company/generate.ts'
import { checkIdentities } from '../../../company/identities.ts'
import { loadCompany } from '../../../company/load.ts'
import { createClock } from '../../kit/clock.ts'
import { openBooks, type Books } from './books.ts'
import type { EntityName } from './entities.ts'
import { cents } from './amounts.ts'
import { textAt, type JsonObject } from './json.ts'
import { Refusal } from './refusal.ts'
import type { Order } from './write.ts'

const realm = '1'

test('a generated company still adds up to the cent after payments, voids, updates and deletes, and after starting over', () => {
  const books = openBooks({ clock: createClock(Date.parse('2026-11-21T20:00:00Z')) })
  loadCompany(books, realm, generateCompany({ seed: 7, invoices: 500, asOf: '2026-11-21' }))
  const carriedOut = churn(books)
  expect(carriedOut).toBeGreaterThan(100)
  expect(violations(books)).toEqual([])
  books.reset()
  expect(violations(books)).toEqual([])
  books.close()
})

/** Pays every fifth open invoice, voids every seventh, notes something on every eleventh, and deletes every sixth payment. */
function churn(books: Books): number {
  let carriedOut = 0
  const attempt = (order: Omit<Order, 'user'>) => {
    try {
      books.write(realm, { ...order, user: 'a person' })
      carriedOut += 1
    } catch (error) {
      // A deposited payment stays where it is; nothing else is refused here.
      if (!(error instanceof Refusal) || error.code !== '6540') throw error
    }
  }
  const now = (entity: EntityName, object: JsonObject): JsonObject => books.read(realm, entity, textAt(object, 'Id') ?? '') ?? {}
  const named = (object: JsonObject, more: JsonObject = {}): JsonObject => ({ Id: object['Id'] ?? '', SyncToken: object['SyncToken'] ?? '', ...more })
  for (const [index, invoice] of [...books.list(realm, 'Invoice')].entries()) {
    const open = now('Invoice', invoice)
    const Line = [{ Amount: open['Balance'] ?? 0, LinkedTxn: [{ TxnId: open['Id'] ?? '', TxnType: 'Invoice' }] }]
    const rate = open['ExchangeRate'] === undefined ? {} : { ExchangeRate: open['ExchangeRate'] }
    if (index % 5 === 0 && cents(open['Balance']) > 0) attempt({ entity: 'Payment', operation: 'create', body: { CustomerRef: open['CustomerRef'] ?? {}, TotalAmt: open['Balance'] ?? 0, Line, ...rate } })
    if (index % 7 === 0) attempt({ entity: 'Invoice', operation: 'void', body: named(now('Invoice', invoice)) })
    if (index % 11 === 0) attempt({ entity: 'Invoice', operation: 'update', body: named(now('Invoice', invoice), { sparse: true, PrivateNote: 'seen' }) })
  }
  for (const [index, payment] of [...books.list(realm, 'Payment')].entries()) if (index % 6 === 0) attempt({ entity: 'Payment', operation: 'delete', body: named(now('Payment', payment)) })
  return carriedOut
}

function violations(books: Books): string[] {
  return checkIdentities({ objects: entity => books.list(realm, entity) }).map(violation => violation.sentence)
}
