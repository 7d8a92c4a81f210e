import { html } from 'hono/html'
import type { Company } from '../books/books.ts'
import { objectAt, refAt, textAt, type JsonObject } from '../books/json.ts'
import type { Html } from '../layout.ts'

/** An amount in the document's own currency. For reading only: nothing is computed from it. */
export function amountText(owner: JsonObject, key: string, company: Company, currencyOwner: JsonObject = owner): string {
  const value = Number(textAt(owner, key) ?? 0)
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: refAt(currencyOwner, 'CurrencyRef') ?? company.currency }).format(value)
}

export function nameOfRef(owner: JsonObject, key: string): string {
  return textAt(objectAt(owner, key), 'name') ?? refAt(owner, key) ?? '–'
}

export function documentLink(page: 'invoice' | 'recvpayment' | 'creditmemo' | 'customerdetail', id: string, company: Company, text: string): Html {
  const param = page === 'customerdetail' ? 'nameId' : 'txnId'
  return html`<a href="/app/${page}?${param}=${encodeURIComponent(id)}&realm=${company.realmId}">${text}</a>`
}

export function customerLink(owner: JsonObject, company: Company): Html {
  return documentLink('customerdetail', refAt(owner, 'CustomerRef') ?? '', company, nameOfRef(owner, 'CustomerRef'))
}

export function paymentTable(payments: readonly JsonObject[], company: Company): Html {
  if (payments.length === 0) return html`<p>None yet.</p>`
  const rows = payments.map(
    payment =>
      html`<tr>
        <td>${textAt(payment, 'TxnDate')}</td>
        <td>${documentLink('recvpayment', textAt(payment, 'Id') ?? '', company, textAt(payment, 'PaymentRefNum') ?? `Payment ${textAt(payment, 'Id')}`)}</td>
        <td>${customerLink(payment, company)}</td>
        <td class="amount">${amountText(payment, 'TotalAmt', company)}</td>
        <td class="amount">${amountText(payment, 'UnappliedAmt', company)}</td>
      </tr>`,
  )
  return table(['Date', 'Reference', 'Customer', '>Amount', '>Unapplied'], rows)
}

export function invoiceTable(invoices: readonly JsonObject[], company: Company): Html {
  if (invoices.length === 0) return html`<p>None yet.</p>`
  const rows = invoices.map(
    invoice =>
      html`<tr>
        <td>${textAt(invoice, 'TxnDate')}</td>
        <td>${documentLink('invoice', textAt(invoice, 'Id') ?? '', company, textAt(invoice, 'DocNumber') ?? `Invoice ${textAt(invoice, 'Id')}`)}</td>
        <td>${customerLink(invoice, company)}</td>
        <td>${textAt(invoice, 'DueDate') ?? ''}</td>
        <td class="amount">${amountText(invoice, 'TotalAmt', company)}</td>
        <td class="amount">${amountText(invoice, 'Balance', company)}</td>
      </tr>`,
  )
  return table(['Date', 'Number', 'Customer', 'Due', '>Total', '>Balance'], rows)
}

/** A heading that begins with `>` stands over amounts. */
export function table(headings: readonly string[], rows: readonly Html[], foot: readonly Html[] = []): Html {
  return html`<div class="scroller" tabindex="0" role="group" aria-label="${headings.map(heading => heading.replace('>', '')).join(', ')}">
    <table>
      <thead>
        <tr>
          ${headings.map(heading => (heading.startsWith('>') ? html`<th scope="col" class="amount">${heading.slice(1)}</th>` : html`<th scope="col">${heading}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      ${foot.length === 0 ? '' : html`<tfoot>${foot}</tfoot>`}
    </table>
  </div>`
}
