import { render } from 'preact'
import { createClient } from './client.ts'
import type { Face, Part, Parts } from './payer/face.ts'
import { Payer } from './payer/Payer.tsx'
import { Portal } from './portal.ts'
import { createSession, type GetToken } from './session.ts'
import { text } from './text.ts'
import { themeOf } from './theme.ts'

export type Setting = {
  origin: string
  sheets: CSSStyleSheet[]
  parts: Parts
  one: Part<{ drawPay: Draw }>
}

/** Draws one element's content and keeps it; returns what ends it. */
export type Draw = (element: QuittanceElement, root: HTMLElement, face: Face, setting: Setting) => () => void

/**
 * A custom element around a customer's view: it keeps the direction and theme of the page around it, starts over when
 * its attributes change, and leaves the page's own link standing when anything goes wrong.
 */
export abstract class QuittanceElement extends HTMLElement {
  static observedAttributes = ['merchant', 'token', 'lang', 'theme', 'invoice']
  protected abstract readonly setting: Setting
  protected abstract readonly drawing: Draw
  #end: (() => void) | undefined
  #unwatch: (() => void) | undefined
  #getToken: GetToken | undefined

  /** The page's own way to a fresh token: asked for at the start and whenever one is refused. */
  get getToken(): GetToken | undefined {
    return this.#getToken
  }

  set getToken(value: GetToken | undefined) {
    this.#getToken = value
    this.#start()
  }

  connectedCallback(): void {
    // What the page set before the script arrived stands in the way of the setter.
    const early = Object.getOwnPropertyDescriptor(this, 'getToken')?.value as GetToken | undefined
    if (early) {
      Reflect.deleteProperty(this, 'getToken')
      this.#getToken = early
    }
    this.#start()
  }

  disconnectedCallback(): void {
    this.#stop()
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.#end || before === now) return
    if (name === 'theme') this.#dress()
    else this.#start()
  }

  #start(): void {
    if (!this.isConnected) return
    this.#stop()
    try {
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
      shadow.adoptedStyleSheets = this.setting.sheets
      const root = document.createElement('div')
      root.className = 'root'
      shadow.replaceChildren(root)
      this.#dress()
      this.#end = this.drawing(this, root, faceOf(this, this.setting), this.setting)
      void this.setting.parts.pay.load().then(kit => {
        if (this.#end) this.#unwatch ??= kit.watchTheme(() => this.#dress())
      }, () => undefined)
    } catch (error) {
      this.shadowRoot?.replaceChildren(document.createElement('slot'))
      tell(this, 'error', { code: 'not-started', reason: String(error) })
    }
  }

  #stop(): void {
    this.#end?.()
    this.#unwatch?.()
    this.#end = this.#unwatch = undefined
  }

  #dress(): void {
    const root = this.shadowRoot?.querySelector<HTMLElement>('.root')
    if (!root) return
    root.classList.toggle('dark', themeOf(this) === 'dark')
    root.lang = text.language
    root.dir = getComputedStyle(this).direction
  }
}

/** `<quittance-invoices>`: everything that a customer owes here. */
export const drawInvoices: Draw = (_element, root, face) => {
  const { portal } = face
  let end: (() => void) | undefined
  let ended = false
  const unwatch = portal.watch(() => {
    const accent = portal.state.merchant?.accent
    if (accent) root.style.setProperty('--merchant-accent', accent)
  })
  render(<Payer face={face} />, root)
  void portal.refresh()
  // Paying and live updates are on their way while the list is.
  void face.parts.pay.load().then(kit => {
    if (portal.state.view) portal.set({})
    if (!ended) end = kit.goLive(portal)
  }, () => undefined)
  return () => {
    ended = true
    end?.()
    unwatch()
    portal.stop()
    render(null, root)
  }
}

function faceOf(element: QuittanceElement, { origin, parts }: Setting): Face {
  const merchantKey = element.getAttribute('merchant') ?? ''
  const locale = element.closest<HTMLElement>('[lang]')?.lang || navigator.language
  const session = createSession({ merchant: merchantKey, attribute: () => element.getAttribute('token'), getToken: () => element.getToken })
  const portal = new Portal({
    client: createClient({ origin, locale, session }),
    merchantKey,
    now: () => new Date(),
    emit: (name, detail) => tell(element, name, detail),
  })
  return { portal, base: null, live: true, page: 1, written: null, parts, hosted: element.querySelector('a')?.href ?? null, root: () => element.shadowRoot }
}

/** Tells the page; false when the page asks us not to go on. */
function tell(element: Element, name: string, detail: Record<string, unknown>): boolean {
  return element.dispatchEvent(new CustomEvent(`quittance:${name}`, { bubbles: true, composed: true, cancelable: true, detail }))
}
