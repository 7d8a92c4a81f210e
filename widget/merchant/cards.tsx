import type { CardView, HomeView } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { useDeed } from './loading.ts'
import { Button, Failure } from './parts.tsx'
import { dayText } from './words.ts'

const order: Record<CardView['urgency'], number> = { now: 0, soon: 1, when_convenient: 2 }
const words: Record<CardView['urgency'], string> = { now: 'Now', soon: 'Soon', when_convenient: 'When convenient' }

/** What needs a person, most urgent first. */
export function Cards({ cards, onHome }: { cards: readonly CardView[]; onHome: (home: HomeView) => void }) {
  const sorted = cards.toSorted((a, b) => order[a.urgency] - order[b.urgency] || b.at.localeCompare(a.at))
  return (
    <section aria-labelledby="cards-title">
      <h2 id="cards-title">Needs you</h2>
      {sorted.length > 0
        ? <ul class="cards">{sorted.map(card => <Card key={card.id} card={card} onHome={onHome} />)}</ul>
        : <p class="muted">Nothing needs you. Payments and invoices are in step with QuickBooks.</p>}
    </section>
  )
}

function Card({ card, onHome }: { card: CardView; onHome: (home: HomeView) => void }) {
  const { client, refresh, announce } = useConsole()
  const deed = useDeed()
  const run = (action: CardView['actions'][number]) => deed.run(async () => {
    const home = await client.runCard(card.id, action.name)
    announce(home.cards.some(({ id }) => id === card.id) ? `${action.label}: asked for. The card stays until it is settled.` : `${action.label}: done.`)
    onHome(home)
    refresh()
  })
  return (
    <li class={`card ${card.urgency}`} aria-labelledby={`card-${card.id}`}>
      <p class="urgency small">{words[card.urgency]} · {dayText(card.at)}</p>
      <h3 id={`card-${card.id}`}>{card.title}</h3>
      <p>{card.text}</p>
      <div class="buttons">
        {card.actions.map(action => leadsToIntuit(action.name)
          ? <a key={action.name} class={`button ${action.main ? 'main' : 'quiet'}`} href="/console/connect">{action.label}</a>
          : <Button key={action.name} kind={action.main ? 'main' : 'quiet'} busy={deed.busy} onClick={() => run(action)} label={`${action.label}: ${card.title}`}>{action.label}</Button>)}
      </div>
      <Failure problem={deed.problem} />
    </li>
  )
}

/** Consent is given on Intuit's own page, so this action is a visit, not a request. */
function leadsToIntuit(action: string): boolean {
  return action === 'reconnect' || action === 'connect'
}
