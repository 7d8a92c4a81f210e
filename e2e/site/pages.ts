import { html } from 'hono/html'
import { frame } from './frame.ts'
import type { SiteConnection, Visitor } from './connection.ts'
import { quittanceTag } from './tag.ts'
import type { Minted } from './token.ts'

type Html = ReturnType<typeof html>

export function homePage(): Html {
  return frame({
    title: 'Alder & Finch Joinery, Duluth',
    here: '/',
    main: html`<section class="hero">
        <div>
          <h1>Counters and bookcases, made on Garfield Avenue</h1>
          <p>We measure your room on a Tuesday, draw it by Friday and build it in our own workshop. Every joint is cut here, and whoever cuts it also fits it.</p>
          <p><a class="button" href="/services">What we make</a></p>
        </div>
        <img src="/counter.svg" width="520" height="360" alt="Drawing of a serving counter with a fluted oak front and a walnut top" />
      </section>
      <section class="three">
        <article><h2>Shops and cafés</h2><p>Serving counters, banquettes and shelving that take ten years of elbows. We work nights so that you can open in the morning.</p></article>
        <article><h2>Homes</h2><p>Window seats, bookcases and kitchens in ash, oak and walnut, oiled by hand and easy to oil again.</p></article>
        <article><h2>Repairs</h2><p>A split board, a loose tenon, a drawer that sticks: bring it in, or send us a picture.</p></article>
      </section>
      <section class="quote">
        <blockquote><p>They fitted our second counter between closing on Sunday and opening on Monday. Nobody spilled a bean.</p></blockquote>
        <p>Pat Morgan, Harbour Coffee Roasters</p>
      </section>`,
  })
}

const services: readonly [string, string, string][] = [
  ['Site survey', 'We measure, check walls and floors, and leave you a plan.', '$180'],
  ['Design consultation', 'Drawings and wood samples, by the hour.', '$120 per hour'],
  ['Serving counter', 'Fluted oak front and walnut top, made and fitted.', 'from $1,800'],
  ['Bookcase', 'Six shelves in ash, up to 8 ft.', '$1,150'],
  ['Window seat', 'With a lid that stays up by itself.', '$890'],
  ['Café bench', 'Beech, 5 ft, stacks in pairs.', '$475.60'],
  ['Repair and refinishing', 'Repair, sanding and oiling, by the hour.', '$78.50 per hour'],
]

export function servicesPage(): Html {
  return frame({
    title: 'Services · Alder & Finch Joinery',
    here: '/services',
    main: html`<h1>What we make, and what it costs</h1>
      <p class="lead">Prices are for the work as described. Every piece is measured first, so your quote says exactly what yours comes to.</p>
      <table>
        <thead><tr><th scope="col">Work</th><th scope="col" class="money">Price</th></tr></thead>
        <tbody>
          ${services.map(([name, what, price]) => html`<tr><th scope="row">${name}<span>${what}</span></th><td class="money">${price}</td></tr>`)}
        </tbody>
      </table>
      <p>Thirty days to pay, fifteen on first orders. Customers see and pay their invoices in <a href="/account">their account</a>.</p>`,
  })
}

export type AccountView = {
  connection: SiteConnection | undefined
  visitor: Visitor | undefined
  /** Whom the sign-in button stands for. */
  known: Visitor
  minted: Minted | undefined
}

export function accountPage({ connection, visitor, known, minted }: AccountView): Html {
  const token = minted?.kind === 'token' ? minted.token : undefined
  return frame({
    title: 'Your account · Alder & Finch Joinery',
    here: '/account',
    scripts: token === undefined ? [] : ['/account.js'],
    main: html`<div class="account-head">
        <h1>Your account</h1>
        ${visitor
          ? html`<form method="post" action="/sign-out"><p>Signed in as <strong>${visitor.givenName ?? visitor.name}</strong>${visitor.givenName === undefined ? '' : html`, ${visitor.name}`}</p><button>Sign out</button></form>`
          : html`<form method="post" action="/sign-in"><p>Have a login with us?</p><button>Sign in as ${known.givenName === undefined ? known.name : `${known.givenName} at ${known.name}`}</button></form>`}
      </div>
      ${minted?.kind === 'failed' ? html`<p class="notice">We could not look up your invoices with your login just now. You can still sign in to them by e-mail below.</p>` : ''}
      <h2>Invoices</h2>
      ${connection ? quittanceTag(connection, token) : html`<p class="notice">Online invoices are not switched on yet. Call us on (218) 555-0110 and we will send you a copy.</p>`}
      <h2>Your orders</h2>
      <p>Anything we are building for you is in the workshop diary. Ring us for a date: (218) 555-0110, weekdays from 7 to 4.</p>`,
  })
}
