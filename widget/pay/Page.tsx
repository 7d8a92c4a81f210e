import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import type { CheckoutView, ReceiptView } from '../../api/domain/views.ts'
import { openCardForm } from './card-form.ts'
import type { Checkout, Stage } from './checkout.ts'
import { words } from './words.ts'

type PageProps = { checkout: Checkout; dark: boolean }

/** The pay page: whose invoices, how much, and the provider's form; then the receipt. */
export function Page({ checkout, dark }: PageProps) {
  const [, draw] = useReducer<number, null>(count => count + 1, 0)
  // Before the first frame, or what is found out sooner is never drawn.
  useLayoutEffect(() => checkout.watch(() => draw(null)), [checkout])
  const { view, stage, payment } = checkout.state
  const receipt = stage === 'paid' ? payment?.receipt ?? null : null
  return (
    <>
      <header class="brand">
        {view.merchant.logoUrl && <img src={view.merchant.logoUrl} alt="" height={36} />}
        <h1>{words.title(view.merchant.name)}</h1>
      </header>
      {receipt ? <Receipt receipt={receipt} /> : <Lines view={view} changed={checkout.state.changed} />}
      {!receipt && <Body checkout={checkout} dark={dark} />}
      <Leave checkout={checkout} />
      <footer>
        {view.merchant.supportEmail && <span>{words.questions} <a href={`mailto:${view.merchant.supportEmail}`} target="_top">{view.merchant.supportEmail}</a></span>}
        {hasForm(stage) && <span>{words.small}</span>}
      </footer>
    </>
  )
}

function Lines({ view, changed }: { view: CheckoutView; changed: boolean }) {
  return (
    <dl class="lines">
      {view.lines.map(line => (
        <div key={line.invoiceId} class="pair">
          <dt>{words.invoice(line.number)} <span class="soft">{line.remainsText ?? line.dueText}</span></dt>
          <dd><bdi>{line.amount.text}</bdi></dd>
        </div>
      ))}
      <div class="pair total"><dt>{changed ? words.newTotal : words.total}</dt><dd><bdi>{view.total.text}</bdi></dd></div>
    </dl>
  )
}

/** The form stays where it is while a payment is at work, because Stripe's frames do not survive a move. */
function Body({ checkout, dark }: PageProps) {
  const { stage, note, view, payment, changed, card } = checkout.state
  const shown = stage === 'form' || stage === 'working'
  const working = stage !== 'form'
  return (
    <form onSubmit={event => {
      event.preventDefault()
      void checkout.pay()
    }}>
      {hasForm(stage) && <Card checkout={checkout} dark={dark} hidden={!shown} />}
      <Said stage={stage} message={payment?.message ?? null} />
      {note && <p role="alert" class={note.bad ? 'note bad' : 'note'}>{note.text}</p>}
      {shown && card === 'ready' && (
        <button class="main" aria-disabled={working}>
          {stage === 'working' ? words.paying : changed ? words.payNew(view.total.text) : words.pay(view.total.text)}
        </button>
      )}
      {stage === 'elsewhere' && <button type="button" class="main" onClick={() => checkout.startOver()}>{words.startOver}</button>}
      {stage === 'verify-left' && (
        <>
          <button type="button" class="main" onClick={() => void checkout.verify()}>{words.verifyAgain}</button>
          <button type="button" class="plain" onClick={() => void checkout.giveUp()}>{words.giveUp}</button>
        </>
      )}
    </form>
  )
}

function Card({ checkout, dark, hidden }: PageProps & { hidden: boolean }) {
  const place = useRef<HTMLDivElement>(null)
  const { card } = checkout.state
  const mount = () => {
    const element = place.current
    if (!element) return
    checkout.set({ card: 'loading' })
    openCardForm(checkout.state.view, element, dark, {
      ready: () => checkout.set({ card: 'ready' }),
      failed: () => checkout.set({ card: 'failed' }),
      escape: () => checkout.leave(),
    }).then(form => {
      checkout.form = form
    }, () => checkout.set({ card: 'failed' }))
  }
  useEffect(mount, [])
  return (
    <div hidden={hidden}>
      <h2>{words.cardTitle}</h2>
      {card === 'loading' && <div class="bones" role="status" aria-label={words.loadingCard}><i /><i /><i /></div>}
      {card === 'failed' && <div role="alert" class="note bad"><p>{words.cardFailed}</p><button type="button" class="plain" onClick={mount}>{words.retry}</button></div>}
      <div ref={place} class={card === 'ready' ? 'card' : 'card waiting'} />
    </div>
  )
}

function Said({ stage, message }: { stage: Stage; message: string | null }) {
  const text = saidOf(stage, message)
  return <p role="status" class={text ? 'said' : 'unseen'}>{text}</p>
}

function saidOf(stage: Stage, message: string | null): string {
  switch (stage) {
    case 'verifying': return words.verifying
    case 'verify-left': return message ?? words.verifyLeft
    case 'unknown': return words.unknown
    case 'unknown-long': return words.unknownLong
    case 'processing': return message ?? words.processing
    case 'elsewhere': return words.elsewhere
    case 'expired': return words.expired
    case 'form': case 'working': case 'paid': case 'closed': return ''
  }
}

function hasForm(stage: Stage): boolean {
  return stage === 'form' || stage === 'working' || stage === 'verifying' || stage === 'verify-left' || stage === 'unknown' || stage === 'elsewhere'
}

function Receipt({ receipt }: { receipt: ReceiptView }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section class="receipt" aria-labelledby="paid">
      <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true"><circle cx="24" cy="24" r="22" /><path d="M14 25l7 7 14-15" /></svg>
      <h2 id="paid" ref={heading} tabIndex={-1}>{words.paid} <bdi>{receipt.total.text}</bdi></h2>
      {receipt.emailedTo && <p class="soft">{words.emailed(receipt.emailedTo)}</p>}
      <dl class="lines">
        {receipt.lines.map((line, i) => (
          <div key={i} class="pair">
            <dt>{words.invoice(line.number)} <span class="soft">{line.remains.amount > 0 ? words.remains(line.remains.text) : words.settled}</span></dt>
            <dd><bdi>{line.amount.text}</bdi></dd>
          </div>
        ))}
        <div class="pair"><dt>{words.when}</dt><dd><span dir="auto">{receipt.paidText}</span></dd></div>
        <div class="pair"><dt>{words.method}</dt><dd><span dir="auto">{receipt.method}</span></dd></div>
        <div class="pair"><dt>{words.reference}</dt><dd class="ref">{receipt.reference}</dd></div>
      </dl>
    </section>
  )
}

/** The way back: closes the dialog, or returns to where the payer came from. */
function Leave({ checkout }: { checkout: Checkout }) {
  const { stage, view } = checkout.state
  const ended = stage === 'paid' || stage === 'expired' || stage === 'processing' || stage === 'closed' || stage === 'unknown-long'
  if (checkout.ports.frame.framed) return ended ? <button type="button" class="main" onClick={() => checkout.leave()}>{words.done}</button> : null
  return view.returnUrl && stage !== 'working' && stage !== 'verifying' ? <a class={ended ? 'main' : 'plain'} href={view.returnUrl}>{words.back(view.merchant.name)}</a> : null
}
