import type { HomeView } from '../../api/domain/console-views.ts'
import { countOf, countText } from './words.ts'

type Aging = HomeView['aging'][number]

const width = 1000
const gap = 4

/** One bar of five parts, oldest last; the table below it says the same in figures. */
export function AgingChart({ aging }: { aging: Aging }) {
  const late = aging.buckets.slice(1)
  const lateCount = late.reduce((count, bucket) => count + bucket.count, 0)
  const name = `Owed by age in ${aging.currency}`
  return (
    <figure class="chart">
      <figcaption>
        <strong class="total">{aging.total.text}</strong>
        <span class="small">{lateCount > 0 ? `${countOf(lateCount, 'invoice')} late` : 'nothing late'}</span>
      </figcaption>
      <svg class="aging" viewBox={`0 0 ${width} 28`} preserveAspectRatio="none" role="img" aria-label={`${name}: ${aging.buckets.map(b => `${b.label} ${b.amount.text}`).join(', ')}`}>
        {partsOf(aging).map(part => <rect key={part.index} class={`age-${part.index}`} x={part.from} y="0" width={part.wide} height="28" />)}
      </svg>
      <table class="twin">
        <caption class="unseen">{name}</caption>
        <thead class="unseen"><tr><th scope="col">Age</th><th scope="col">Invoices</th><th scope="col">Amount</th></tr></thead>
        <tbody>
          {aging.buckets.map((bucket, index) => (
            <tr key={bucket.label}>
              <th scope="row"><span class={`swatch age-${index}`} aria-hidden="true" />{bucket.label}</th>
              <td class="small">{countText(bucket.count)}<span class="count-word"> {bucket.count === 1 ? 'invoice' : 'invoices'}</span></td>
              <td>{bucket.amount.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

/** Widths by share. A bucket that holds little is still seen; a bucket that holds nothing has no part. */
function partsOf(aging: Aging): { index: number; from: number; wide: number }[] {
  const filled = aging.buckets.map((bucket, index) => ({ index, amount: Math.max(0, bucket.amount.amount) })).filter(part => part.amount > 0)
  const whole = filled.reduce((sum, part) => sum + part.amount, 0)
  const free = width - gap * Math.max(0, filled.length - 1)
  const wanted = filled.map(part => Math.max(8, (part.amount / whole) * free))
  const scale = free / wanted.reduce((sum, wide) => sum + wide, 0)
  let from = 0
  return filled.map(({ index }, i) => {
    const wide = (wanted[i] ?? 0) * scale
    const part = { index, from, wide }
    from += wide + gap
    return part
  })
}
