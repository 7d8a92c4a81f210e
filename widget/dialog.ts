import type { CheckoutCreated } from '../api/domain/views.ts'
import { more } from './text-more.ts'

export type FrameMessage = { source: 'quittance'; type: 'ready' | 'height' | 'paid' | 'close' | 'busy' | 'idle'; height?: number; invoices?: string[] }
export type PaymentDialog = { paid: (invoices: string[]) => void; closed: () => void }

const readyWithinMs = 8_000
const heightMinPx = 320

/**
 * Opens the hosted pay page over the merchant's page, in the top layer, where no style of the page reaches it.
 * Where the page's policy or the browser does not let the frame in, the same page is one link away.
 */
export function openPayment(root: ShadowRoot, created: CheckoutCreated, told: PaymentDialog): void {
  const dialog = document.createElement('dialog')
  if (typeof dialog.showModal !== 'function') return location.assign(created.url)
  const whole = new AbortController()
  const { signal } = whole
  const view = build(dialog, created)
  let busy = false
  let gone = false
  const opener = root.activeElement

  const setBusy = (now: boolean) => {
    busy = now
    view.close.setAttribute('aria-disabled', String(now))
    view.note.textContent = now ? more.closeBusy : ''
  }
  const finish = () => {
    // A browser may close a dialog on the second Esc whatever the page says; a payment in flight is shown again.
    if (busy && !gone) return dialog.showModal()
    if (gone) return
    gone = true
    whole.abort()
    clearTimeout(late)
    dialog.remove()
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    told.closed()
  }
  const fail = () => {
    view.frame.remove()
    view.failed.hidden = false
    view.link.focus()
  }
  const late = setTimeout(fail, readyWithinMs)

  const hear = (message: FrameMessage) => {
    switch (message.type) {
      case 'ready': clearTimeout(late); dialog.classList.add('ready'); break
      case 'height': view.frame.style.blockSize = `${Math.max(heightMinPx, Math.ceil(Number(message.height) || 0))}px`; break
      case 'busy': setBusy(true); break
      case 'idle': setBusy(false); break
      case 'paid': setBusy(false); told.paid((message.invoices ?? []).map(String)); break
      case 'close': setBusy(false); dialog.close(); break
    }
  }

  addEventListener('message', event => {
    if (event.origin === new URL(created.frameUrl).origin && event.source === view.frame.contentWindow && isFrameMessage(event.data)) hear(event.data)
  }, { signal })
  document.addEventListener('securitypolicyviolation', event => {
    if (/^(frame|child|default)-src/.test(event.effectiveDirective) && created.frameUrl.startsWith(event.blockedURI)) {
      clearTimeout(late)
      fail()
    }
  }, { signal })
  dialog.addEventListener('cancel', event => { if (busy) event.preventDefault() })
  dialog.addEventListener('keydown', event => { if (busy && event.key === 'Escape') event.preventDefault() })
  dialog.addEventListener('close', finish)
  view.close.addEventListener('click', () => { if (!busy) dialog.close() })
  root.querySelector('.root')?.append(dialog)
  // The page in the frame is dressed as the one around it; what stands behind the # does not travel.
  view.frame.src = `${created.frameUrl}#${root.querySelector('.dark') ? 'dark' : 'light'}`
  dialog.showModal()
}

function build(dialog: HTMLDialogElement, created: CheckoutCreated) {
  const make = <K extends keyof HTMLElementTagNameMap>(name: K, className: string, parent: HTMLElement): HTMLElementTagNameMap[K] => {
    const element = document.createElement(name)
    element.className = className
    parent.append(element)
    return element
  }
  dialog.setAttribute('aria-label', more.payHere)
  const head = make('div', 'head', dialog)
  const note = make('span', 'soft', head)
  note.setAttribute('role', 'status')
  const close = make('button', 'plain', head)
  close.type = 'button'
  close.textContent = more.close
  const frame = make('iframe', '', dialog)
  frame.title = more.payHere
  frame.allow = 'payment'
  const failed = make('div', 'middle', dialog)
  failed.hidden = true
  make('p', '', failed).textContent = more.frameFailed
  const link = make('a', 'main', failed)
  link.href = created.url
  // Inside somebody's sandboxed frame the top may be out of reach: there a new tab is the way.
  link.target = window.top === window ? '_top' : '_blank'
  link.rel = 'noopener'
  link.textContent = more.fullPage
  return { close, note, frame, failed, link }
}

function isFrameMessage(value: unknown): value is FrameMessage {
  return typeof value === 'object' && value !== null && (value as { source?: unknown }).source === 'quittance'
}
