import { Component } from 'preact'
import { text } from '../text.ts'
import { address, type Face } from './face.ts'
import { Go } from './Go.tsx'
import { Later } from './Later.tsx'
import { Rows } from './Rows.tsx'
import { Totals } from './Totals.tsx'
import { Banner, BarRoom, Failed, Skeleton } from './Trouble.tsx'

type PayerProps = { face: Face }

/** The whole of what a customer sees, in whichever state it is. */
export class Payer extends Component<PayerProps, { entering: boolean }> {
  override state = { entering: false }
  #unwatch: (() => void) | undefined
  #opened: string | null = null

  override componentDidMount(): void {
    const { portal } = this.props.face
    this.#opened = portal.state.open
    this.#unwatch = portal.watch(() => this.setState({}))
  }

  override componentWillUnmount(): void {
    this.#unwatch?.()
  }

  /** Back in the list, the focus returns to the row that was opened. */
  override componentDidUpdate(): void {
    const { portal, root } = this.props.face
    const { open, phase } = portal.state
    if (phase !== 'ready' && this.state.entering) this.setState({ entering: false })
    if (!open && this.#opened) root()?.querySelector<HTMLElement>(`[id="open-${this.#opened}"]`)?.focus()
    this.#opened = open
  }

  override render({ face }: PayerProps, { entering }: { entering: boolean }) {
    const { phase, said, why, merchant } = face.portal.state
    const ended = why ? (face.base === null ? text.expired : text.linkExpired) : ''
    return (
      <section aria-label={text.invoices}>
        {phase === 'loading' && <Skeleton />}
        {phase === 'failed' && <Failed face={face} />}
        {phase === 'signed-out' && <Entry face={face} title={text.signInTitle + (merchant && face.base === null ? ` · ${merchant.name}` : '')} ended={ended} />}
        {phase === 'ready' && (entering
          ? <Entry face={face} title={text.seeAll} ended="" done={() => this.setState({ entering: false })} />
          : <Ready face={face} enter={() => this.setState({ entering: true })} />)}
        <div class="unseen" role="status">{said}</div>
      </section>
    )
  }
}

/** The way in. */
function Entry({ face, title, ended, done }: { face: Face; title: string; ended: string; done?: () => void }) {
  if (face.portal.ports.merchantKey) {
    return <Later face={face} part={face.parts.signIn} waiting={<Skeleton />}>{kit => <kit.SignIn face={face} title={title} ended={ended} done={done} />}</Later>
  }
  return <div class="middle" role="status"><p>{ended || text.unreachable}</p>{face.hosted && <a href={face.hosted} target="_top">{text.hosted}</a>}</div>
}

function Ready({ face, enter }: { face: Face; enter: () => void }) {
  const { portal, parts, live } = face
  const { open, view } = portal.state
  const supportEmail = view?.merchant.supportEmail
  return (
    <>
      <Banner face={face} />
      {open ? <Later key={open} face={face} part={parts.detail} waiting={<Skeleton />}>{kit => <kit.Opened face={face} id={open} />}</Later> : <List face={face} />}
      <footer class="foot">
        {live && offersMore(face) && <button type="button" class="plain" onClick={enter}>{text.seeAll}</button>}
        {supportEmail && <span>{text.questions} <a href={`mailto:${supportEmail}`}>{supportEmail}</a></span>}
        {portal.ports.client.session.signedInHere() && <Later face={face} part={parts.signIn}>{kit => <button type="button" class="plain" onClick={() => void kit.leave(portal)}>{text.signOut}</button>}</Later>}
      </footer>
    </>
  )
}

/** A link shows one customer or one invoice; whoever signs in sees all that their address stands for. */
function offersMore({ portal, base }: Face): boolean {
  const { client, merchantKey } = portal.ports
  return (base !== null || portal.state.view?.scope === 'invoice') && merchantKey !== '' && !client.session.signedInHere()
}

function List({ face }: { face: Face }) {
  const { portal, parts } = face
  const { rows, busy } = portal.state
  return (
    <>
      <Totals face={face} />
      <Later face={face} part={parts.pay} waiting={<div class="filters" />}>{kit => <kit.Toolbar face={face} />}</Later>
      <form class={busy === 'list' ? 'fading' : ''} method="post" action={face.base === null ? undefined : `${face.base}/checkouts`} onSubmit={event => {
        event.preventDefault()
        const kit = parts.pay.now
        if (kit) void kit.pay(face, kit.choiceNow(face))
      }}>
        {rows.length === 0 ? <None face={face} /> : <Rows face={face} />}
        <Later face={face} part={parts.pay} waiting={rows.some(row => row.canPay) && <BarRoom />}>{kit => <kit.Bar face={face} />}</Later>
      </form>
      {parts.pay.now && <parts.pay.now.Credits face={face} />}
    </>
  )
}

function None({ face }: { face: Face }) {
  const { query, filter, counts } = face.portal.state
  if (!query && filter === 'open' && counts.all > 0) return null
  return (
    <p class="none">
      {query ? text.noMatch(query) : counts.all === 0 ? text.none.all : text.none[filter]}{' '}
      {query && <Go face={face} class="plain" href={address(face, { query: '' })} go={() => void face.portal.list({ query: '' })}>{text.clearSearch}</Go>}
    </p>
  )
}
