import { Component, Fragment, options, render } from 'preact'
import { jsx } from 'preact/jsx-runtime'
import { chunk } from './chunks.ts'
import { drawInvoices, QuittanceElement, type Draw, type Setting } from './element.tsx'
import css from './widget.css?inline'

/** The one global: what the lazy parts borrow, so that there is one Preact and one set of styles on the page. */
export type Quittance = {
  preact: { jsx: typeof jsx; Component: typeof Component; Fragment: typeof Fragment; options: typeof options; render: typeof render }
  dress: (css: string) => void
}

const drawPay: Draw = (element, root, face, setting) => {
  let end: (() => void) | undefined
  let ended = false
  root.classList.add('one')
  root.replaceChildren(document.createElement('slot'))
  void setting.one.load().then(kit => {
    if (!ended) end = kit.drawPay(element, root, face, setting)
  }, () => undefined)
  return () => {
    ended = true
    end?.()
  }
}

/**
 * The one script that a merchant pastes. It defines two elements and asks nothing of the page: where anything is
 * missing, the link inside the element stays as it was.
 */
function start(origin: string): void {
  const sheets = [new CSSStyleSheet(), new CSSStyleSheet()] as const
  sheets[0].replaceSync(css)
  const lent: Quittance = { preact: { jsx, Component, Fragment, options, render }, dress: more => sheets[1].replaceSync(more) }
  Object.defineProperty(globalThis, 'Quittance', { value: Object.freeze(lent), configurable: true })
  const part = <K>(name: string) => chunk<K>(origin, name)
  const setting: Setting = {
    origin, sheets: [...sheets],
    parts: { pay: part('pay'), many: part('many'), detail: part('detail'), signIn: part('sign-in') },
    one: part('one'),
  }
  define('quittance-invoices', setting, drawInvoices)
  define('quittance-pay', setting, drawPay)
}

function define(name: string, setting: Setting, drawing: Draw): void {
  customElements.define(name, class extends QuittanceElement {
    protected override readonly setting = setting
    protected override readonly drawing = drawing
  })
}

/** Where the script came from is where the API is. Optimizers and modules leave `currentScript` null: then the tag is looked up. */
function scriptOrigin(): string | null {
  const script = (document.currentScript ?? document.querySelector('script[src*="/quittance.js"]')) as HTMLScriptElement | null
  return script?.src ? new URL(script.src).origin : null
}

try {
  const origin = scriptOrigin()
  if (origin && !customElements.get('quittance-invoices')) start(origin)
} catch (error) {
  dispatchEvent(new CustomEvent('quittance:error', { detail: { code: 'not-started', reason: String(error) } }))
}
