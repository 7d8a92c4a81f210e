import { render } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks'
import type { InvoiceDetail } from '../api/domain/views.ts'
import type { Draw } from './element.tsx'
import { goLive, invoicePath } from './live.ts'
import type { Face } from './payer/face.ts'
import { Shape } from './payer/Shape.tsx'
import { payOne } from './payment.ts'
import { more } from './text-more.ts'
import { text } from './text.ts'

/** `<quittance-pay invoice="…">`: one invoice, one button. Signed out, the page's own link stands in its place. */
export const drawPay: Draw = (element, root, face) => {
  const { portal } = face
  const unwatch = portal.watch(() => {
    const accent = portal.state.merchant?.accent
    if (accent) root.style.setProperty('--merchant-accent', accent)
  })
  root.replaceChildren()
  render(<PayButton face={face} id={element.getAttribute('invoice') ?? ''} />, root)
  void portal.refresh()
  const end = goLive(portal)
  return () => {
    end()
    unwatch()
    portal.stop()
    render(null, root)
  }
}

function PayButton({ face, id }: { face: Face; id: string }) {
  const { portal } = face
  const { phase, view, busy, banner, said } = portal.state
  const [, draw] = useReducer<number, null>(count => count + 1, 0)
  const [detail, setDetail] = useState<InvoiceDetail | 'absent' | null>(null)
  // Before the first frame, or an answer that comes sooner is never drawn.
  useLayoutEffect(() => portal.watch(() => draw(null)), [portal])
  useEffect(() => {
    if (!view) return
    void portal.ports.client.json<InvoiceDetail>('GET', invoicePath(id)).then(answer => setDetail(known => ('value' in answer ? answer.value : known ?? 'absent')))
  }, [view, id])
  if (phase === 'signed-out' || phase === 'failed' || detail === 'absent') return <slot />
  if (!detail) return <i class="bone b" role="status" aria-label={text.loading} />
  return (
    <>
      {detail.canPay
        ? <button type="button" class="main" aria-disabled={busy === 'pay'} onClick={() => void payOne(face, detail)}>{busy === 'pay' ? more.opening : more.pay(detail.payable.text)}</button>
        : <span class={`state ${detail.state}`}><Shape of={detail.state} />{more.invoice(detail.number)}: {detail.processingText ?? detail.stateText}</span>}
      {banner && <p class="fault" role="alert">{banner.detail}</p>}
      <div class="unseen" role="status">{said}</div>
    </>
  )
}
