import { more } from '../text-more.ts'
import { shown, type Face } from './face.ts'

/** What the merchant owes back, kept out of the way until asked for. */
export function Credits({ face }: { face: Face }) {
  const { view } = face.portal.state
  if (!view || view.credits.length === 0) return null
  return (
    <details class="credits">
      <summary>
        {more.credits}
        <span class="end">{view.totals.filter(total => total.credit.amount > 0).map(total => <bdi key={total.currency}>{shown(face, total.credit)}</bdi>)}</span>
      </summary>
      <ul role="list">
        {view.credits.map(credit => (
          <li key={credit.id} class="pair">
            <span>{more.creditKinds[credit.kind]} {credit.number} <span class="soft">{credit.onText}</span></span>
            <bdi class="num">{shown(face, credit.remaining)}</bdi>
          </li>
        ))}
      </ul>
      <p class="soft">{more.creditHint}</p>
    </details>
  )
}
