import { useEffect, useRef, useState } from 'preact/hooks'
import type { InvoiceDetail, InvoiceLineView, MoneyView } from '../../api/domain/views.ts'
import type { Trouble } from '../client.ts'
import { invoicePath } from '../live.ts'
import { payOne } from '../payment.ts'
import { more } from '../text-more.ts'
import { tellView } from '../tell-view.ts'
import { text } from '../text.ts'
import { shown, stepTo, type Face } from './face.ts'
import { Go } from './Go.tsx'
import { Shape } from './Shape.tsx'

/** The invoice that was opened; read anew whenever the list is. */
export function Opened({ face, id }: { face: Face; id: string }) {
  const { portal, written } = face
  const { client } = portal.ports
  const { view } = portal.state
  const [detail, setDetail] = useState(written?.id === id ? written : null)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    let wanted = true
    void client.json<InvoiceDetail>('GET', `${invoicePath(id)}?locale=${encodeURIComponent(client.locale)}`).then(answer => {
      if (!wanted) return
      if ('value' in answer) setDetail(answer.value)
      setTrouble('trouble' in answer ? answer.trouble : null)
    })
    return () => { wanted = false }
  }, [id, view, tries])
  if (detail) return <Detail face={face} detail={detail} />
  return (
    <div class="middle" role={trouble ? 'alert' : 'status'}>
      <p>{!trouble ? text.loading : trouble.code === 'not-found' ? more.notFound : trouble.code === 'offline' ? text.failed : trouble.detail}</p>
      {trouble && <button type="button" class="main" onClick={() => setTries(tries + 1)}>{text.retry}</button>}
      <button type="button" class="plain" onClick={() => portal.set({ open: null })}>{more.back}</button>
    </div>
  )
}

/** One invoice as QuickBooks states it: every figure is given, none is computed here. */
function Detail({ face, detail }: { face: Face; detail: InvoiceDetail }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [detail.id])
  useEffect(() => tellView(face.portal.ports.client, detail.id), [detail.id])
  const owed = detail.balance.amount !== 0
  return (
    <article class="detail">
      <Go face={face} class="plain back" href={face.base ?? ''} go={stepTo(face, null)}><span aria-hidden="true">‹</span> {more.back}</Go>
      <header>
        <div>
          <h2 ref={heading} tabIndex={-1}>{more.invoice(detail.number)}</h2>
          <div class={`state ${detail.state}`}><Shape of={detail.state} />{detail.stateText}</div>
        </div>
        <div class="owed">
          <div class="total"><bdi>{shown(face, owed ? detail.balance : detail.total)}</bdi></div>
          <div class="soft">{detail.processingText ?? [detail.dueText, detail.dueHint].filter(Boolean).join(' · ')}</div>
        </div>
      </header>
      <Pay face={face} detail={detail} />
      <Facts detail={detail} />
      <ul role="list" class="lines">{detail.lines.map((line, i) => <Line key={i} face={face} line={line} />)}</ul>
      <Sums face={face} detail={detail} />
      {detail.memo && <section><h3>{more.memo}</h3><p class="memo">{detail.memo}</p></section>}
      <History detail={detail} />
    </article>
  )
}

function Pay({ face, detail }: { face: Face; detail: InvoiceDetail }) {
  const { portal, base } = face
  const { view, busy } = portal.state
  const pays = detail.canPay && view?.payment.enabled
  return (
    <form class="acts" method="post" action={base === null ? undefined : `${base}/checkouts`} onSubmit={event => {
      event.preventDefault()
      void payOne(face, detail)
    }}>
      {pays && <input type="hidden" name="invoice" value={detail.id} />}
      {pays && <button class="main" aria-disabled={busy === 'pay'}><bdi>{busy === 'pay' ? more.opening : more.pay(shown(face, detail.payable))}</bdi></button>}
      {!pays && detail.whyNot && <span class="soft">{detail.whyNot}</span>}
      {detail.pdfUrl && <Pdf face={face} detail={detail} />}
    </form>
  )
}

function Pdf({ face, detail }: { face: Face; detail: InvoiceDetail }) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const { client } = face.portal.ports
  const fetchPdf = async () => {
    setState('busy')
    const answer = await client.send('GET', `${invoicePath(detail.id)}/pdf`)
    if ('trouble' in answer) return setState('failed')
    const address = URL.createObjectURL(await answer.value.blob())
    const link = document.createElement('a')
    link.href = address
    link.download = `${more.invoice(detail.number)}.pdf`
    link.click()
    // The browser reads the file after the click; a minute is ample, and a page that lives long does not keep them all.
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
    setState('idle')
  }
  if (face.base !== null && !client.session.signedInHere()) return <a class="plain" href={`${face.base}/invoices/${encodeURIComponent(detail.id)}/pdf`}>{more.pdf}</a>
  return (
    <>
      <button type="button" class="plain" aria-disabled={state === 'busy'} onClick={() => { if (state !== 'busy') void fetchPdf() }}>{state === 'busy' ? more.pdfBusy : more.pdf}</button>
      {state === 'failed' && <span role="alert" class="fault">{more.pdfFailed}</span>}
    </>
  )
}

function Facts({ detail }: { detail: InvoiceDetail }) {
  return (
    <dl class="facts-list">
      <div><dt>{more.issued}</dt><dd>{detail.issuedText}</dd></div>
      {detail.terms && <div><dt>{more.terms}</dt><dd>{detail.terms}</dd></div>}
      {detail.billTo.length > 0 && <div><dt>{more.billTo}</dt><dd>{detail.billTo.map((line, i) => <span key={i}>{line}</span>)}</dd></div>}
    </dl>
  )
}

function Line({ face, line }: { face: Face; line: InvoiceLineView }) {
  const measure = [line.quantity, line.unitPrice].filter(Boolean).join(' × ')
  const description = line.description === line.name ? null : line.description
  return (
    <li class={line.kind}>
      <div class="pair">
        <span>
          {line.name && <span class="item">{line.name}</span>}
          {description && <span class={line.name ? 'soft block' : 'block'}>{description}</span>}
          {measure && <span class="soft block"><bdi>{measure}</bdi></span>}
        </span>
        {line.amount && <bdi class="num">{shown(face, line.amount)}</bdi>}
      </div>
      {line.lines.length > 0 && <ul role="list">{line.lines.map((inner, i) => <Line key={i} face={face} line={inner} />)}</ul>}
    </li>
  )
}

function Sums({ face, detail }: { face: Face; detail: InvoiceDetail }) {
  const plain = !detail.discount && !detail.shipping && !detail.taxTotal && detail.tax.length === 0
  const pair = (label: string, money: MoneyView | null, strong = '') =>
    money && <div class={`pair ${strong}`} key={label}><dt>{label}</dt><dd><bdi class="num">{shown(face, money)}</bdi></dd></div>
  const less = (money: MoneyView | null) => money && { ...money, text: money.amount > 0 ? `−${money.text}` : money.text }
  return (
    <dl class="sums">
      {!plain && pair(more.subtotal, detail.subtotal)}
      {pair(more.discount, less(detail.discount))}
      {pair(more.shipping, detail.shipping)}
      {detail.tax.length > 0 ? detail.tax.map(tax => pair(tax.name, tax.amount)) : pair(more.taxTotal, detail.taxTotal)}
      {pair(more.total, detail.total, 'strong')}
      {pair(more.deposit, less(detail.deposit))}
      {detail.applied.map((applied, i) => (
        <div class="pair" key={`applied-${i}`}><dt>{applied.text} <span class="soft">{applied.onText}</span></dt><dd><bdi class="num">−{shown(face, applied.amount)}</bdi></dd></div>
      ))}
      {(detail.deposit || detail.applied.length > 0) && pair(more.balance, detail.balance, 'strong')}
    </dl>
  )
}

function History({ detail }: { detail: InvoiceDetail }) {
  if (detail.history.length === 0) return null
  return (
    <section>
      <h3>{more.history}</h3>
      <ol role="list" class="history">
        {detail.history.map((event, i) => <li key={i}><time dateTime={event.at} class="soft">{event.atText}</time> <span>{event.text}</span></li>)}
      </ol>
    </section>
  )
}
