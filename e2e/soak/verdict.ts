import type { Look } from './product.ts'

/** One look at the process, `hour` simulated hours after the start. */
export type Sample = Look & { hour: number }
export type Row = { what: string; start: number; middle: number; end: number; unit: string; found: string; bound: string; met: boolean; values: number[] }

const mb = 1024 * 1024
const bounds = { rssMbPerHour: 1, filesPerHour: 0.5, socketsMore: 16, walMb: 64, lagTimes: 2, lateS: 3_600 }
/** A tenth of what a person notices: below it twice as much is still nothing. */
const lagFloorMs = 10

/** How memory, handles, log and event loop went, each with its bound. The slopes are those of the second half: in the first, caches fill. */
export function judge(samples: readonly Sample[]): Row[] {
  const half = samples.slice(Math.floor(samples.length / 2))
  const of = (value: (sample: Sample) => number) => ({ values: samples.map(value), slope: slopeOf(half.map(sample => [sample.hour, value(sample)])) })
  const rss = of(sample => sample.rss / mb)
  const heap = of(sample => sample.heap / mb)
  const files = of(sample => sample.files)
  const sockets = of(sample => sample.sockets)
  const wal = of(sample => sample.wal / mb)
  const lag = of(sample => sample.lagP99 * 1000)
  const late = of(sample => sample.lateS)
  const streams = of(sample => sample.streams)
  const socketsMore = Math.max(...half.map(sample => sample.sockets)) - Math.max(...samples.slice(0, samples.length - half.length).map(sample => sample.sockets))
  const quarter = Math.max(1, Math.floor(samples.length / 4))
  const lagStart = Math.max(lagFloorMs, medianOf(lag.values.slice(0, quarter)))
  const lagEnd = medianOf(lag.values.slice(-quarter))
  return [
    row('resident memory', 'MB', rss.values, `${signed(rss.slope)} MB an hour`, `at most ${bounds.rssMbPerHour}`, rss.slope <= bounds.rssMbPerHour),
    row('heap after collecting', 'MB', heap.values, `${signed(heap.slope)} MB an hour`, `at most ${bounds.rssMbPerHour}`, heap.slope <= bounds.rssMbPerHour),
    row('open files', '', files.values, `${signed(files.slope)} an hour`, `at most ${bounds.filesPerHour}`, files.slope <= bounds.filesPerHour),
    // How many connections stand open depends on the moment; the most of them must not rise.
    row('open sockets', '', sockets.values, `${signed(socketsMore)} at most against the first half`, `at most ${bounds.socketsMore}`, socketsMore <= bounds.socketsMore),
    row('write-ahead log', 'MB', wal.values, `${Math.max(...wal.values).toFixed(1)} MB at most`, `below ${bounds.walMb}`, Math.max(...wal.values) < bounds.walMb),
    row('event loop, p99', 'ms', lag.values, `last quarter ${(lagEnd / lagStart).toFixed(2)} × the first`, `at most ${bounds.lagTimes} ×`, lagEnd <= lagStart * bounds.lagTimes),
    row('oldest due effect', 's', late.values, `${Math.max(...late.values).toFixed(0)} s at most`, `below ${bounds.lateS}`, Math.max(...late.values) < bounds.lateS),
    row('event streams at rest', '', streams.values, `${Math.max(...streams.values)} left over at most`, 'none', Math.max(...streams.values) === 0),
  ]
}

function row(what: string, unit: string, values: number[], found: string, bound: string, met: boolean): Row {
  const at = (place: number) => values[Math.min(values.length - 1, place)] ?? 0
  return { what, unit, start: at(0), middle: at(Math.floor(values.length / 2)), end: at(values.length - 1), found, bound, met, values }
}

/** How much a value rises with each hour, by least squares; 0 for fewer than two points. */
export function slopeOf(points: readonly (readonly [hour: number, value: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const across = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return points.length < 2 || across === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / across
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}
