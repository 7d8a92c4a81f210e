import type { Db } from '../sql.ts'

export type EffectFigure = { kind: string; state: 'waiting' | 'due' | 'parked'; count: number; oldestAt: number }
export type CardFigure = { kind: string; count: number; oldestAt: number }

/** How much there is of what needs watching, over all merchants and with none of their names. */
export const figureControl = (db: Db) => ({
  /** Effects that are not done, by kind: all that wait, those of them that are due, and those that wait for a person. */
  effects: (): Promise<EffectFigure[]> =>
    db.rows(
      `select kind, 'waiting' state, count(*) count, min(created_at) oldestAt from outbox where state in ('ready', 'leased') group by kind
       union all select kind, 'due', count(*), min(run_at) from outbox where state in ('ready', 'leased') and run_at <= ${db.clock()} group by kind
       union all select kind, 'parked', count(*), min(run_at) from outbox where state in ('blocked', 'dead') group by kind`),
  cards: (): Promise<CardFigure[]> => db.rows(`select kind, count(*) count, min(opened_at) oldestAt from cards where closed_at is null group by kind`),
  /** Calls to QuickBooks in these months, e.g. `2026-11`; what Intuit meters is the reads. */
  calls: (months: readonly string[]): Promise<{ month: string; reads: number; writes: number; mostReads: number }[]> =>
    db.rows(`select month, sum(reads) reads, sum(writes) writes, max(reads) mostReads from meters where month in (select value from json_each(?)) group by month`, [JSON.stringify(months)]),
  connections: (): Promise<{ state: string; count: number }[]> => db.rows(`select state, count(*) count from connections group by state`),
  /** Merchants whose rows came from an old copy and are not compared to the end yet. */
  recoveries: async (): Promise<number> => (await db.rows<{ count: number }>(`select count(*) count from recoveries where ended_at is null`))[0]?.count ?? 0,
})
