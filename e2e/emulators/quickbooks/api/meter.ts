/** What Intuit's partner program counts: Core writes, which are free, and CorePlus reads, which are metered. Only answers of 2xx count. */
export type Meter = {
  count(realmId: string, kind: CallKind): void
  of(realmId: string): RealmMeter
  all(): Record<string, RealmMeter>
  clear(): void
}

/** `class` decides the meter; `name` tells the calls apart, e.g. `query Invoice`, `create Payment`, `cdc`. */
export type CallKind = { class: 'core' | 'corePlus'; name: string }
export type RealmMeter = { core: number; corePlus: number; calls: Record<string, number> }

export function createMeter(): Meter {
  const realms = new Map<string, RealmMeter>()
  const of = (realmId: string): RealmMeter => realms.get(realmId) ?? { core: 0, corePlus: 0, calls: {} }
  return {
    of,
    count(realmId, kind) {
      const meter = of(realmId)
      meter[kind.class] += 1
      meter.calls[kind.name] = (meter.calls[kind.name] ?? 0) + 1
      realms.set(realmId, meter)
    },
    all: () => Object.fromEntries(realms),
    clear: () => realms.clear(),
  }
}
