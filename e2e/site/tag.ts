import { html } from 'hono/html'
import type { SiteConnection } from './connection.ts'

/** The two lines that a merchant pastes. A shop that knows its visitor adds the token. */
export function quittanceTag({ apiUrl, publishableKey, fallbackUrl }: SiteConnection, token?: string): ReturnType<typeof html> {
  return html`<quittance-invoices merchant="${publishableKey}"${token === undefined ? '' : html` token="${token}"`}><a href="${fallbackUrl}">View and pay your invoices</a></quittance-invoices>
      <script async src="${apiUrl}/v1/quittance.js"></script>`
}
