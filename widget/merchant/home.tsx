import type { HomeView } from '../../api/domain/console-views.ts'
import { AgingChart } from './aging-chart.tsx'
import { Cards } from './cards.tsx'
import { ConnectPanel } from './connect.tsx'
import { useConsole } from './context.ts'
import { ImportProgress } from './imports.tsx'
import { useDeed, useLoaded } from './loading.ts'
import { Empty, Failure, Notice, Skeleton } from './parts.tsx'
import { ReceivedChart } from './received-chart.tsx'

/** A picture first: what is owed, what came in; then what needs a person. */
export function Home() {
  const { client, view, changes, followed, follow } = useConsole()
  const home = useLoaded(client.home, 'home', changes)
  const unconnected = view.connection.state === 'none' || view.connection.state === 'disconnected'
  const stuck = followed ?? (view.import?.state === 'failed' ? view.import : null)
  const again = useDeed()
  // Before everything is here the picture would be wrong, and an empty one would say that nobody owes anything.
  const loading = stuck?.kind === 'first_load' && stuck.state === 'running'
  return (
    <>
      {unconnected ? <ConnectPanel /> : null}
      {view.gates.payments && !unconnected ? <Notice tone="warn"><p>{view.gates.payments}</p></Notice> : null}
      {stuck && !unconnected ? <ImportProgress view={stuck} retry={() => again.run(async () => follow(await client.startImport('full')))} /> : null}
      <Failure problem={again.problem} />
      <Failure problem={home.problem} retry={home.reload} />
      {home.value && !loading
        ? <Picture home={home.value} quiet={unconnected} onHome={home.replace} />
        : home.problem || loading ? null : <Skeleton rows={6} what="what is owed" />}
    </>
  )
}

function Picture({ home, quiet, onHome }: { home: HomeView; quiet: boolean; onHome: (home: HomeView) => void }) {
  const nothing = home.aging.length === 0 && home.received.length === 0
  if (nothing && quiet) return home.cards.length > 0 ? <Cards cards={home.cards} onHome={onHome} /> : null
  return (
    <>
      <div class="picture">
        <section aria-labelledby="owed-title">
          <h2 id="owed-title">Owed to you</h2>
          {home.aging.length > 0
            ? home.aging.map(aging => <AgingChart key={aging.currency} aging={aging} />)
            : <Empty>Nobody owes you anything.</Empty>}
        </section>
        <section aria-labelledby="received-title">
          <h2 id="received-title">Came in, last 90 days</h2>
          {home.received.length > 0
            ? home.received.map(received => <ReceivedChart key={received.currency} received={received} several={home.received.length > 1 || home.aging.length > 1} />)
            : <Empty>Nothing came in over the last 90 days.</Empty>}
        </section>
      </div>
      <Cards cards={home.cards} onHome={onHome} />
    </>
  )
}
