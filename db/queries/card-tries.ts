import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { CustomerId, InvoiceId, MerchantId } from '../values.ts'

/** Who would try a card now, on what. `payerAddress` is the keyed hash of a network address; null where it is not known. */
export type CardTry = { invoiceIds: readonly InvoiceId[]; customerId: CustomerId; payerAddress: string | null; now: number }
/** What was tried of late: refusals of the invoice that has most of them, cards of the customer, tries from the address. */
export type CardTries = { invoice: number; customer: number; address: number }

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Counts what card testers do a lot of, from the attempts themselves: all processes count the same, and counting writes nothing. */
export const cardTryQueries = (db: Db, merchantId: MerchantId) => ({
  count: async (asked: CardTry): Promise<CardTries> => {
    const [row] = await db.rows<CardTries>(`select ${ofInvoice} invoice, ${ofCustomer} customer, ${ofAddress} address`, argsOf(merchantId, asked))
    return row ?? { invoice: 0, customer: 0, address: 0 }
  },
  /** Undoes the batch where one of the counts has reached its limit, so that tries at the same moment are counted too. */
  mustBeBelow: (asked: CardTry, most: CardTries): Write =>
    write(`insert into must select ${ofInvoice} < ?6 and ${ofCustomer} < ?7 and ${ofAddress} < ?8`, ...argsOf(merchantId, asked), most.invoice, most.customer, most.address),
  /** Attempts of the merchant's customers since then that ended, and how many of them in a refusal. */
  endedSince: async (since: number): Promise<{ refused: number; ended: number }> => {
    const [row] = await db.rows<{ refused: number; ended: number }>(
      `select count(*) filter (where state = 'failed') refused, count(*) ended from payments where merchant_id = ? and created_at > ? and state in ('failed', 'succeeded', 'processing')`, [merchantId, since])
    return row ?? { refused: 0, ended: 0 }
  },
})

function argsOf(merchantId: MerchantId, { invoiceIds, customerId, payerAddress, now }: CardTry): unknown[] {
  return [merchantId, JSON.stringify(invoiceIds), customerId, payerAddress, now]
}

const ofInvoice = `(select coalesce(max(n), 0) from (
  select count(*) n from json_each(?2) v cross join allocations a cross join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id
  where a.merchant_id = ?1 and a.invoice_id = v.value and a.state = 'released' and p.state = 'failed' and p.created_at > ?5 - ${dayMs} group by a.invoice_id))`
// A card that the provider did not name counts for itself; one that it has not answered for yet, too.
const ofCustomer = `(select count(distinct coalesce((method ->> 'brand') || (method ->> 'last4'), id)) from payments
  where merchant_id = ?1 and customer_id = ?3 and created_at > ?5 - ${dayMs} and state in ('reserved', 'failed'))`
const ofAddress = `(select count(*) from payments where payer_address = ?4 and created_at > ?5 - ${hourMs} and state in ('reserved', 'failed'))`
