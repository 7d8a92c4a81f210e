import { html, raw } from 'hono/html'
import { pageStyle } from './pageStyle.ts'

export type Html = ReturnType<typeof html>

/** A whole page of the emulated Intuit. */
export function layout(title: string, body: Html, width: 'narrow' | 'wide' = 'narrow'): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Intuit sandbox</title>
        <link rel="icon" href="data:," />
        <style>
          ${raw(pageStyle)}
        </style>
      </head>
      <body>
        <header><span class="brand">Intuit</span><span class="badge">Sandbox</span></header>
        <main class="${width}">${body}</main>
        <footer>An emulated Intuit for trying out and testing. It is not run by Intuit.</footer>
      </body>
    </html>`
}
