import type { HomeView } from '../../api/domain/console-views.ts'
import { calendarText, moneyText } from './words.ts'

type Received = HomeView['received'][number]

const high = 100
const slot = 10

/** A bar a day, and its table twin behind one click. */
export function ReceivedChart({ received, several }: { received: Received; several: boolean }) {
  const { days, currency } = received
  const most = Math.max(0, ...days.map(day => day.amount))
  const best = days.find(day => day.amount === most)
  const paidDays = days.filter(day => day.amount !== 0)
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last) return null
  const summary = most === 0 || !best
    ? `Nothing came in from ${calendarText(first.on)} to ${calendarText(last.on)}.`
    : `${received.total.text} came in from ${calendarText(first.on)} to ${calendarText(last.on)}, most on ${calendarText(best.on)}: ${moneyText(most, currency, several)}.`
  return (
    <figure class="chart">
      <figcaption>
        <strong class="total">{received.total.text}</strong>
        <span class="small">{most > 0 && best ? `most on ${calendarText(best.on)}: ${moneyText(most, currency, several)}` : ''}</span>
      </figcaption>
      <svg class="received" viewBox={`0 0 ${days.length * slot} ${high}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {days.map((day, i) => day.amount > 0
          ? <rect key={day.on} x={i * slot + 1} width={slot - 2} {...spanOf(day.amount, most)}><title>{`${calendarText(day.on)}: ${moneyText(day.amount, currency, several)}`}</title></rect>
          : null)}
      </svg>
      <div class="axis small" aria-hidden="true">
        <span>{calendarText(first.on)}</span>
        <span>{calendarText((days[Math.floor(days.length / 2)] ?? first).on)}</span>
        <span>{calendarText(last.on)}</span>
      </div>
      {paidDays.length > 0 ? (
        <details>
          <summary>Show as a table</summary>
          <table class="twin">
            <caption class="unseen">Came in by day in {currency}</caption>
            <thead class="unseen"><tr><th scope="col">Day</th><th scope="col">Amount</th></tr></thead>
            <tbody>{paidDays.toReversed().map(day => <tr key={day.on}><th scope="row">{calendarText(day.on)}</th><td>{moneyText(day.amount, currency, several)}</td></tr>)}</tbody>
          </table>
        </details>
      ) : null}
    </figure>
  )
}

/** Where a day's bar stands; the smallest is still seen. */
function spanOf(amount: number, most: number): { y: number; height: number } {
  const height = Math.max(2, (amount / most) * (high - 4))
  return { y: high - height, height }
}
