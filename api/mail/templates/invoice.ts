import { html } from 'hono/html'
import { type Brand, type Letter, button, frame, rows, textEnd } from './frame.ts'

export type InvoiceLetter = {
  customerName: string
  number: string | null
  /** "$1,240.00" */
  amount: string
  /** "Due 3 Dec"; null where it has no due date. */
  dueText: string | null
  /** "9 days late"; empty where it is not. */
  dueHint: string
  link: string
  payable: boolean
}

/** The notice that an invoice has come, with the customer's link (IL34). */
export async function invoiceLetter(brand: Brand, invoice: InvoiceLetter): Promise<Letter> {
  const name = invoice.number ? `Invoice ${invoice.number}` : 'An invoice'
  const due = invoice.dueText ? `${invoice.dueText.toLowerCase()}${invoice.dueHint ? ` (${invoice.dueHint})` : ''}` : null
  const first = `${name} from ${brand.name}: ${invoice.amount}${due ? `, ${due}` : ''}`
  const action = invoice.payable ? `View and pay ${invoice.amount}` : 'View the invoice'
  return {
    subject: first,
    html: await frame(brand, first, html`<p style="margin:0 0 4px;font-size:20px;line-height:28px;font-weight:600">${invoice.amount}${due ? html` <span style="font-weight:400">${due}</span>` : ''}</p>
      <p style="margin:0">Hello ${invoice.customerName}, ${name.toLowerCase() === 'an invoice' ? 'an invoice' : name.replace('Invoice', 'invoice')} is ready for you.</p>
      ${rows([['Invoice', invoice.number ?? '–'], ['Amount due', invoice.amount], ...(invoice.dueText ? [['Due', invoice.dueText.replace(/^Due /, '')] as const] : [])])}
      ${button(brand, invoice.link, action)}
      <p class="soft" style="margin:16px 0 0;font-size:13px;line-height:19px;color:#5c6470">The button opens your own page with this and your other invoices. Keep the link to yourself: whoever has it can see them.</p>`),
    text: `${first}\n\nHello ${invoice.customerName},\n\n${name} is ready for you.\n\n${action}:\n${invoice.link}\n\nThe link opens your own page with this and your other invoices. Keep it to yourself: whoever has it can see them.\n\n${textEnd(brand)}`,
  }
}
