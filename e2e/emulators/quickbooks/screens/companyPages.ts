import { html } from 'hono/html'
import type { Company } from '../books/books.ts'
import type { JsonObject } from '../books/json.ts'
import { layout, type Html } from '../layout.ts'
import { invoiceTable, paymentTable } from './tables.ts'

/** The companies of the sandbox. */
export function companiesPage(companies: readonly Company[]): Html {
  return layout(
    'Companies',
    html`<h1>QuickBooks companies</h1>
      ${companies.length === 0 ? html`<p class="lead">No company has been loaded.</p>` : ''}
      <ul class="choices">
        ${companies.map(
          company =>
            html`<li>
              <a class="choice" href="/app/company/${company.realmId}"
                ><span><span class="name">${company.name}</span><span class="detail">Company ${company.realmId} · ${company.country} · ${company.currency}</span></span></a
              >
            </li>`,
        )}
      </ul>`,
  )
}

/** One company: its newest payments and invoices, and the app that is connected. */
export function companyPage(page: { company: Company; counts: Record<string, number>; payments: JsonObject[]; invoices: JsonObject[]; connectedApp: string | undefined }): Html {
  const { company, counts, connectedApp } = page
  const count = (entity: string) => (counts[entity] ?? 0).toLocaleString('en-US')
  return layout(
    company.name,
    html`<nav><a href="/">Companies</a></nav>
      <h1>${company.name}</h1>
      <p class="lead">${count('Customer')} customers · ${count('Invoice')} invoices · ${count('Payment')} payments · ${count('CreditMemo')} credit memos</p>
      <h2>Newest payments</h2>
      ${paymentTable(page.payments, company)}
      <h2>Invoices changed last</h2>
      ${invoiceTable(page.invoices, company)}
      <h2>Connected apps</h2>
      ${
        connectedApp === undefined
          ? html`<p>No app is connected.</p>`
          : html`<form class="who" method="post" action="/app/company/${company.realmId}/disconnect"><strong>${connectedApp}</strong><button class="plain">Disconnect ${connectedApp}</button></form>`
      }`,
    'wide',
  )
}

export function missingPage(text: string): Html {
  return layout('Not found', html`<h1>Not found</h1><p class="lead">${text}</p><p><a href="/">All companies</a></p>`)
}
