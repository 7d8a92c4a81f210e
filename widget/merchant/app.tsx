import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { ConsoleView, ImportView } from '../../api/domain/console-views.ts'
import { arrivalNow, type Arrival } from './arrival.ts'
import { createClient } from './client.ts'
import { useEvents } from './events.ts'
import { ConsoleContext, type Console as Shared } from './context.ts'
import type { Outside } from './outside.ts'
import { Failure } from './parts.tsx'
import { asProblem, type ConsoleProblem } from './problem.ts'
import { go } from './router.tsx'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

type Session =
  | { state: 'asking' }
  | { state: 'failed'; problem: ConsoleProblem }
  /** `ended` where someone was signed in a moment ago. */
  | { state: 'signed_out'; ended: boolean }
  | { state: 'signed_in'; view: ConsoleView }

/** The merchant's console. */
export function Console({ outside }: { outside: Outside }) {
  const [session, setSession] = useState<Session>({ state: 'asking' })
  const [arrival, setArrival] = useState(arrivalNow)
  const client = useMemo(() => createClient(outside.fetch, () => {
    setSession(before => ({ state: 'signed_out', ended: before.state === 'signed_in' || (before.state === 'signed_out' && before.ended) }))
  }), [outside])
  const load = useCallback(() => {
    client.view().then(
      view => setSession({ state: 'signed_in', view }),
      (error: unknown) => {
        const problem = asProblem(error)
        // A 401 has already led to the sign-in; anything else must not throw away what is on the screen.
        if (problem.status !== 401) setSession(before => before.state === 'signed_in' ? before : { state: 'failed', problem })
      },
    )
  }, [client])
  useEffect(load, [load])
  useEffect(() => { if (arrival.connected || arrival.problem) go(location.pathname, 'replace') }, [])

  switch (session.state) {
    case 'asking': return <main class="waiting" aria-busy="true"><p class="unseen" role="status">Loading your console</p></main>
    case 'failed': return <main class="alone"><h1>The console could not be loaded</h1><Failure problem={session.problem} retry={load} /></main>
    case 'signed_out': return <SignIn client={client} outside={outside} ended={session.ended} problem={arrival.problem} onSignedIn={load} />
    case 'signed_in': return (
      <SignedIn
        view={session.view} client={client} outside={outside} arrival={arrival}
        onArrivalRead={() => setArrival({ connected: false, problem: null })}
        update={change => setSession(before => before.state === 'signed_in' ? { ...before, view: { ...before.view, ...change } } : before)} refresh={load}
        onSignedOut={() => setSession({ state: 'signed_out', ended: false })}
      />
    )
  }
}

type SignedInProps = Pick<Shared, 'client' | 'outside' | 'view' | 'update' | 'refresh'> & {
  arrival: Arrival
  onArrivalRead: () => void
  onSignedOut: () => void
}

function SignedIn({ view, client, outside, arrival, onArrivalRead, update, refresh, onSignedOut }: SignedInProps) {
  const [changes, setChanges] = useState(0)
  const [followed, setFollowed] = useState(view.import?.state === 'running' ? view.import : null)
  const follow = useCallback((next: ImportView) => setFollowed(before => newer(before, next)), [])
  const [said, setSaid] = useState({ text: '', times: 0 })
  const announce = useCallback((text: string) => setSaid(before => ({ text, times: before.times + 1 })), [])
  const readAgain = () => {
    refresh()
    setChanges(count => count + 1)
  }
  useEvents(outside, {
    onImport: next => {
      follow(next)
      if (next.state === 'running') return
      announce(next.state === 'done' ? 'The import is finished.' : 'The import stopped.')
      readAgain()
    },
    onChanged: readAgain,
    onOpen: first => { if (!first || followed?.state === 'running') readAgain() },
    onRefused: refresh,
  })
  useEffect(() => {
    // A view that was read again knows how an import went on while the stream was away.
    const { import: known } = view
    if (known) setFollowed(before => before?.id === known.id ? newer(before, known) : before)
  }, [view.import])
  const shared: Shared = { client, outside, view, changes, followed, follow, update, refresh, announce }
  return (
    <ConsoleContext.Provider value={shared}>
      <Shell arrival={arrival} onArrivalRead={onArrivalRead} said={said} onSignedOut={onSignedOut} />
    </ConsoleContext.Provider>
  )
}

/** The answer to a request and an event can overtake each other: an import never goes back. */
function newer(before: ImportView | null, next: ImportView): ImportView {
  if (before?.id !== next.id) return next
  return before.state !== 'running' || (next.state === 'running' && next.done < before.done) ? before : next
}
