export type Labels = Readonly<Record<string, string>>
export type Sample = { labels?: Labels; value: number }
/** What is measured at the moment it is asked for. */
export type Gauge = { name: string; help: string; samples: readonly Sample[]; type?: 'gauge' | 'counter' }
export type Counter = { add(labels: Labels, by?: number): void }
export type Histogram = { observe(labels: Labels, value: number): void }
type Family = { name: string; help: string; type: string; lines(): string[] }

/** Counts and writes them in Prometheus' text format 0.0.4. Label values are few and our own words: kinds, classes, route patterns. */
export function createRegistry() {
  const families: Family[] = []
  return {
    /** A number that only rises. */
    counter(name: string, help: string): Counter {
      const values = new Map<string, number>()
      families.push({ name, help, type: 'counter', lines: () => [...values].map(([labels, value]) => `${name}${labels} ${value}`) })
      return { add: (labels, by = 1) => void values.set(written(labels), (values.get(written(labels)) ?? 0) + by) }
    },
    /** How many values were at most each of `bounds`, and their sum. */
    histogram(name: string, help: string, bounds: readonly number[]): Histogram {
      const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>()
      families.push({ name, help, type: 'histogram', lines: () => [...series.values()].flatMap(one => histogramLines(name, bounds, one)) })
      return {
        observe: (labels, value) => {
          let key = ''
          for (const name in labels) key += `${labels[name]}\n`
          let one = series.get(key)
          if (!one) series.set(key, (one = { labels, counts: bounds.map(() => 0), sum: 0, count: 0 }))
          const place = bounds.findIndex(bound => value <= bound)
          if (place >= 0) one.counts[place] = (one.counts[place] ?? 0) + 1
          one.sum += value
          one.count += 1
        },
      }
    },
    /** All that was counted, and what is measured now. */
    text(gauges: readonly Gauge[]): string {
      const measured = gauges.map(({ name, help, type = 'gauge', samples }): Family => ({ name, help, type, lines: () => samples.map(({ labels = {}, value }) => `${name}${written(labels)} ${value}`) }))
      return [...families, ...measured].map(family => [`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`, ...family.lines()].join('\n')).join('\n') + '\n'
    },
  }
}

function histogramLines(name: string, bounds: readonly number[], { labels, counts, sum, count }: { labels: Labels; counts: number[]; sum: number; count: number }): string[] {
  let below = 0
  const buckets = bounds.map((bound, i) => `${name}_bucket${written({ ...labels, le: String(bound) })} ${(below += counts[i] ?? 0)}`)
  return [...buckets, `${name}_bucket${written({ ...labels, le: '+Inf' })} ${count}`, `${name}_sum${written(labels)} ${sum}`, `${name}_count${written(labels)} ${count}`]
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
