import { text } from '../text.ts'
import { countText, shown, type Face } from './face.ts'
import { Shape } from './Shape.tsx'

/** What is owed, per currency: the largest thing in the view. */
export function Totals({ face }: { face: Face }) {
  const { view } = face.portal.state
  const owing = view?.totals.filter(total => total.owed.amount !== 0) ?? []
  if (owing.length === 0) return <p class="total">{text.nothingToPay} {view?.lastPaidText}</p>
  return (
    <div class="totals">
      {owing.map(total => (
        <div key={total.currency}>
          <div class="soft">{text.youOwe}</div>
          <div class="total"><bdi>{shown(face, total.owed)}</bdi></div>
          <div class="facts">
            {total.overdueCount > 0 && <span class="state overdue"><Shape of="overdue" /><bdi>{text.overdue(countText(face, total.overdueCount), shown(face, total.overdue))}</bdi></span>}
            {total.overdueCount < total.openCount && <span>{text.openCount(countText(face, total.openCount))}</span>}
          </div>
        </div>
      ))}
    </div>
  )
}
