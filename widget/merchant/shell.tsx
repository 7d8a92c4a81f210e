import { useEffect, useRef, useState } from 'preact/hooks'
import type { Arrival } from './arrival.ts'
import { ConnectionBanner } from './connect.tsx'
import { useConsole } from './context.ts'
import { Customers } from './customers.tsx'
import { Home } from './home.tsx'
import { HeaderProgress } from './imports.tsx'
import { Invoices } from './invoices.tsx'
import { useDeed } from './loading.ts'
import { Icon, type PlaceIcon } from './marks.tsx'
import { Button, Failure } from './parts.tsx'
import { Payments } from './payments.tsx'
import { Link, usePlace, type Place } from './router.tsx'
import { Settings } from './settings/settings.tsx'
import { countText } from './words.ts'

const places: readonly { path: string; icon: PlaceIcon; title: string }[] = [
  { path: '/console', icon: 'home', title: 'Home' },
  { path: '/console/invoices', icon: 'invoices', title: 'Invoices' },
  { path: '/console/customers', icon: 'customers', title: 'Customers' },
  { path: '/console/payments', icon: 'payments', title: 'Payments' },
  { path: '/console/settings', icon: 'settings', title: 'Settings' },
]

type ShellProps = { arrival: Arrival; onArrivalRead: () => void; said: { text: string; times: number }; onSignedOut: () => void }

/** The frame around the five places. */
export function Shell({ arrival, onArrivalRead, said, onSignedOut }: ShellProps) {
  const { view } = useConsole()
  const place = usePlace()
  const current = places.find(({ path }) => path === place.path)
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  useEffect(() => {
    document.title = `${current?.title ?? 'Not found'} · ${view.merchant.name}`
    if (!first.current) heading.current?.focus()
    first.current = false
  }, [place.path])
  return (
    <div class="shell">
      <a class="skip" href="#place" onClick={event => { event.preventDefault(); heading.current?.focus() }}>Skip to the content</a>
      <header class="top">
        <strong class="merchant">{view.merchant.name}</strong>
        <HeaderProgress />
        <SignOut onSignedOut={onSignedOut} />
      </header>
      <Places current={current?.path ?? null} />
      <main id="place">
        <h1 ref={heading} tabIndex={-1}>{current?.title ?? 'There is no such page'}</h1>
        <ConnectionBanner arrival={arrival} onArrivalRead={onArrivalRead} />
        <Room place={place} />
      </main>
      <Said said={said} />
    </div>
  )
}

function Room({ place }: { place: Place }) {
  switch (place.path) {
    case '/console': return <Home />
    case '/console/invoices': return <Invoices query={place.query} />
    case '/console/customers': return <Customers query={place.query} />
    case '/console/payments': return <Payments />
    case '/console/settings': return <Settings />
    default: return <p>This address leads nowhere. <Link href="/console">Go to Home</Link></p>
  }
}

function Places({ current }: { current: string | null }) {
  const { view } = useConsole()
  const counts: Record<string, { count: number; what: string }> = {
    '/console': { count: view.counts.openCards, what: 'need you' },
    '/console/invoices': { count: view.counts.drafts, what: 'in the Draft folder' },
  }
  return (
    <nav class="places" aria-label="Places">
      {places.map(({ path, icon, title }) => {
        const more = counts[path]
        return (
          <Link key={path} href={path} current={path === current}>
            <Icon of={icon} />
            <span>{title}</span>
            {more && more.count > 0 ? <span class="count">{countText(more.count)}<span class="unseen"> {more.what}</span></span> : null}
          </Link>
        )
      })}
    </nav>
  )
}

function SignOut({ onSignedOut }: { onSignedOut: () => void }) {
  const { client, view } = useConsole()
  const deed = useDeed()
  return (
    <div class="member">
      <span class="small member-email">{view.member.email}</span>
      <Button busy={deed.busy} onClick={() => deed.run(async () => { await client.signOut(); onSignedOut() })}>Sign out</Button>
      <Failure problem={deed.problem} />
    </div>
  )
}

const shownMs = 5_000

/** The last thing that happened: read out, and seen for a few seconds. */
function Said({ said }: { said: { text: string; times: number } }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!said.text) return
    setShown(true)
    const timer = setTimeout(() => setShown(false), shownMs)
    return () => clearTimeout(timer)
  }, [said])
  return <div class="said" role="status" aria-live="polite">{shown ? <span key={said.times}>{said.text}</span> : null}</div>
}
