import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { owed, payable } from '../domain/invoice.ts'
import { invoiceLetter as write } from '../mail/templates/invoice.ts'
import { type Letter, inLine } from '../mail/templates/frame.ts'
import { paymentGate } from '../payments/gate.ts'
import { factsOf } from '../present/invoice.ts'
import { formatOf } from '../present/portal.ts'
import { brandOf } from './queue.ts'

/** The letter that brings a customer to their invoice (IL34). `link` is the address of their page. */
export async function invoiceLetter(ctx: Context, merchantId: MerchantId, invoice: ListedInvoice, link: string): Promise<Letter> {
  const format = await formatOf(ctx, merchantId, 'en-US', 1)
  const facts = factsOf(invoice)
  const isOwed = owed(facts) > 0
  return write(await brandOf(ctx, merchantId), {
    customerName: inLine(invoice.customerName),
    number: invoice.number && inLine(invoice.number),
    amount: format.money(owed(facts), invoice.currency).text,
    dueText: isOwed && invoice.dueOn ? `Due ${format.day(invoice.dueOn)}` : null,
    dueHint: isOwed ? format.hint(invoice.dueOn) : '',
    link,
    payable: (await paymentGate(ctx, merchantId)).enabled && payable(facts) > 0,
  })
}
