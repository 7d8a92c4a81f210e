import { and, desc, eq } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { imports } from '../schema/index.ts'
import type { ImportStepRow } from '../schema/connections.ts'
import { type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { MerchantId } from '../values.ts'

export type { ImportStepRow }
export type ImportRow = typeof imports.$inferSelect

/** The runs that read much of QuickBooks. */
export const importQueries = (db: Db, merchantId: MerchantId) => ({
  find: async (id: string): Promise<ImportRow | null> => (await db.orm.select().from(imports).where(and(eq(imports.merchantId, merchantId), eq(imports.id, id))))[0] ?? null,
  latest: async (): Promise<ImportRow | null> =>
    (await db.orm.select().from(imports).where(eq(imports.merchantId, merchantId)).orderBy(desc(imports.startedAt), desc(imports.id)).limit(1))[0] ?? null,
  /** Starts a run; refused while another is under way. */
  start: (run: { id: string; kind: ImportRow['kind']; steps: ImportStepRow[]; now: number }): Write[] => [
    write(
      `insert into imports (merchant_id, id, kind, state, steps, started_at, progress_at) select ?1, ?2, ?3, 'running', ?4, ?5, ?5
       where not exists (select 1 from imports where merchant_id = ?1 and state = 'running')`,
      merchantId, run.id, run.kind, JSON.stringify(run.steps), run.now),
    mustHaveChangedOne,
  ],
  progress: (id: string, steps: ImportStepRow[], now: number): Write =>
    write(`update imports set steps = ?, progress_at = ?, problem = null where merchant_id = ? and id = ? and state = 'running'`, JSON.stringify(steps), now, merchantId, id),
  trouble: (id: string, problem: string): Write => write(`update imports set problem = ? where merchant_id = ? and id = ? and state = 'running'`, problem, merchantId, id),
  end: (id: string, state: 'done' | 'failed', problem: string | null, now: number): Write[] => [
    write(`update imports set state = ?, problem = ?, finished_at = ?, progress_at = ? where merchant_id = ? and id = ? and state = 'running'`, state, problem, now, now, merchantId, id),
    write(`delete from import_seen where merchant_id = ? and import_id = ?`, merchantId, id),
  ],

  /** Notes which rows a full run has met, so that the others can be asked about. */
  saw: (id: string, entity: string, qboIds: readonly string[]): Write =>
    write(`insert into import_seen (merchant_id, import_id, entity, qbo_id) select ?, ?, ?, value from json_each(?) where true on conflict do nothing`, merchantId, id, entity, JSON.stringify(qboIds)),
  /** Live rows of the mirror that a full run has not met, in its own scope: open, or dated on or after `since`. */
  unseen: (id: string, entity: 'Customer' | 'Invoice' | 'CreditMemo' | 'Payment', since: string, most: number): Promise<{ qboId: string }[]> =>
    db.rows(`${unseen[entity]} and qbo_id not in (select qbo_id from import_seen s where s.merchant_id = ?1 and s.import_id = ?2 and s.entity = ?4) limit ?5`, [merchantId, id, since, entity, most]),
})

const unseen = {
  Customer: `select qbo_id qboId from customers where merchant_id = ?1 and archived_at is null and ?3 is not null`,
  Invoice: `select qbo_id qboId from invoices where merchant_id = ?1 and archived_at is null and origin = 'qbo' and (balance > 0 or issued_on >= ?3)`,
  CreditMemo: `select qbo_id qboId from credit_memos where merchant_id = ?1 and state = 'live' and issued_on >= ?3`,
  Payment: `select qbo_id qboId from qbo_payments where merchant_id = ?1 and state = 'live' and paid_on >= ?3`,
} as const
