import { render } from 'preact'
import type { CheckoutView } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import type { Session } from '../session.ts'
import { Checkout } from './checkout.ts'
import { frameOf } from './frame.ts'
import { Page } from './Page.tsx'
import './page.css'
import { paymentIds } from './payment-id.ts'

/** The right to pay is in the address: this page has no session. */
const nobody: Session = { token: async () => null, renew: async () => null, take: () => undefined, signedInHere: () => false }

function start(): void {
  const view = JSON.parse(document.querySelector('#state')?.textContent ?? 'null') as CheckoutView | null
  if (!view) return
  const [, , id = ''] = location.pathname.split('/')
  const frame = frameOf(window)
  const checkout = new Checkout({
    client: createClient({ origin: location.origin, locale: document.documentElement.lang || navigator.language, session: nobody }),
    base: `/pay/${id}`,
    ids: paymentIds(id, () => Date.now()),
    frame,
    wait: async ms => new Promise(done => setTimeout(done, ms)),
  }, view)
  const dark = dress(view, frame.framed)
  const main = document.querySelector('main') ?? document.body.appendChild(document.createElement('main'))
  main.replaceChildren()
  render(<Page checkout={checkout} dark={dark} />, main)
  if (frame.framed) attend(checkout, main)
  void checkout.begin()
}

/** Dark where the page around it is, or else the system; in the merchant's colour. Returns whether it is dark. */
function dress(view: CheckoutView, framed: boolean): boolean {
  const root = document.documentElement
  const asked = framed ? location.hash.slice(1) : ''
  const dark = asked === 'dark' || (asked !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  const { accent } = view.merchant
  root.classList.toggle('framed', framed)
  root.style.colorScheme = dark ? 'dark' : 'light'
  if (accent) root.style.setProperty('--accent', accent)
  return dark
}

/** In the dialog: says that it is here, how high it is, and passes Esc on. */
function attend(checkout: Checkout, main: Element): void {
  const { tell } = checkout.ports.frame
  tell({ type: 'ready' })
  new ResizeObserver(() => tell({ type: 'height', height: Math.ceil(main.getBoundingClientRect().height) })).observe(main)
  addEventListener('keydown', event => {
    if (event.key === 'Escape') checkout.leave()
  })
}

start()
