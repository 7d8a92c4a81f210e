import { html } from 'hono/html'
import { type Brand, type Letter, frame, rows, textEnd } from './frame.ts'

export type ReceiptLetter = {
  customerName: string
  amount: string
  /** "3 Dec" */
  paidOn: string
  /** "Visa ending in 4242" */
  method: string
  reference: string
  lines: { number: string | null; amount: string; remains: string | null }[]
}

/** What was paid, with what, and what remains. */
export async function receiptLetter(brand: Brand, receipt: ReceiptLetter): Promise<Letter> {
  const first = `Receipt: you paid ${receipt.amount} to ${brand.name} on ${receipt.paidOn}`
  const lines = receipt.lines.map(line => [`Invoice ${line.number ?? '–'}${line.remains ? ` (${line.remains} remains)` : ''}`, line.amount] as const)
  const facts = [...lines, ['Paid with', receipt.method], ['Reference', receipt.reference]] as const
  return {
    subject: first,
    html: await frame(brand, first, html`<p style="margin:0 0 4px;font-size:20px;line-height:28px;font-weight:600">${receipt.amount} paid</p>
      <p style="margin:0">Thank you, ${receipt.customerName}. Your payment of ${receipt.paidOn} has arrived.</p>
      ${rows(facts)}
      <p class="soft" style="margin:0;font-size:13px;line-height:19px;color:#5c6470">Keep this as your receipt.</p>`),
    text: `${first}\n\nThank you, ${receipt.customerName}.\n\n${facts.map(([label, value]) => `${label}: ${value}`).join('\n')}\n\nKeep this as your receipt.\n\n${textEnd(brand)}`,
  }
}
