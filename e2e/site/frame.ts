import { html } from 'hono/html'

type Html = ReturnType<typeof html>

const pages = [
  ['/', 'Home'],
  ['/services', 'Services'],
  ['/account', 'Your account'],
] as const

/** A page of the shop's site: its head, its sticky header, its footer. */
export function frame({ title, here, main, scripts = [] }: { title: string; here: string; main: Html; scripts?: readonly string[] }): Html {
  return html`<!doctype html>
    <html lang="en-US">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/site.css" />
        <link rel="icon" href="/dovetail.svg" />
        ${scripts.map(src => html`<script defer src="${src}"></script>`)}
      </head>
      <body>
        <header class="site-header">
          <a class="brand" href="/">Alder <i>&amp;</i> Finch<span> Joinery</span></a>
          <nav aria-label="Main">${pages.map(([path, name]) => html`<a href="${path}" ${path === here ? html`aria-current="page"` : ''}>${name}</a>`)}</nav>
        </header>
        <main class="site-main">${main}</main>
        <footer class="site-footer">
          <p>42 Garfield Avenue, Duluth, MN 55802</p>
          <p>(218) 555-0110</p>
          <p>hello@alderandfinch.example</p>
        </footer>
      </body>
    </html>`
}
