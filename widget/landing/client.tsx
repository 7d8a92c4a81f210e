import { hydrate, render } from 'preact'
import type { LandingInput } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import { goLive } from '../live.ts'
import { Portal } from '../portal.ts'
import { createSession } from '../session.ts'
import { tellView } from '../tell-view.ts'
import landingCss from './landing.css?inline'
import partsCss from '../parts.css?inline'
import listCss from '../widget.css?inline'
import { Landing, landingFace } from './Landing.tsx'
import './page.css'

/**
 * Takes over what the server wrote into the element's declarative shadow root, or, where the link has ended and the
 * server wrote nothing, offers the way back in. The link's token is the second part of an address under /i.
 */
class LandingElement extends HTMLElement {
  connectedCallback(): void {
    // attachShadow would empty a declarative root; the internals hand it over as it is.
    const shadow = this.attachInternals().shadowRoot ?? this.attachShadow({ mode: 'open' })
    const written = shadow.querySelector<HTMLElement>('.root')
    const state = shadow.querySelector('script[type="application/json"]')?.textContent
    start(this, shadow, written, written && state ? (JSON.parse(state) as LandingInput) : null)
  }
}

function start(element: HTMLElement, shadow: ShadowRoot, written: HTMLElement | null, input: LandingInput | null): void {
  const [, place, part] = location.pathname.split('/')
  const linkToken = place === 'i' ? part ?? null : null
  const base = input?.base ?? `/i/${linkToken ?? ''}`
  const locale = input?.locale ?? navigator.language
  const merchantKey = element.getAttribute('merchant') ?? ''
  const session = createSession({ merchant: merchantKey, attribute: () => linkToken, getToken: () => undefined })
  const portal = new Portal({
    client: createClient({ origin: location.origin, locale, session }),
    merchantKey, now: () => new Date(),
    emit: (name, detail) => element.dispatchEvent(new CustomEvent(`quittance:${name}`, { bubbles: true, composed: true, cancelable: true, detail })),
    goToPayment: created => location.assign(created.url),
    begin: input ? { filter: input.filter, sort: input.sort, query: input.query, open: input.detail?.id ?? null } : {},
  }, input?.view)
  const face = (live: boolean) => landingFace(portal, { base, page: input?.page ?? 1, detail: input?.detail ?? null }, live, () => shadow)
  const root = written ?? bareRoot(shadow)
  if (written) hydrate(<Landing face={face(false)} brand={written !== null} notice={input?.notice ?? null} />, root)
  render(<Landing face={face(true)} brand={written !== null} notice={input?.notice ?? null} />, root)
  if (input?.view.focusInvoiceId) tellView(portal.ports.client, input.view.focusInvoiceId)
  // Where the server wrote nothing, what the link is still good for is asked now.
  if (!input) void portal.refresh()
  goLive(portal)
}

function bareRoot(shadow: ShadowRoot): HTMLElement {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(listCss + partsCss + landingCss)
  shadow.adoptedStyleSheets = [sheet]
  const root = document.createElement('div')
  root.className = 'root auto'
  shadow.replaceChildren(root)
  return root
}

customElements.define('quittance-invoices', LandingElement)
