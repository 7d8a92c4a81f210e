import { readCompanyDaily } from '../connection/company.ts'
import type { Context } from '../context.ts'
import type { JobHandler } from '../outbox/worker.ts'
import { readChanges } from './changes.ts'
import { compareBalances } from './compare.ts'
import { importStep } from './import-step.ts'
import { sweepChanges } from './sweep.ts'

/** What reads QuickBooks, by the kind of owed effect. */
export function syncJobs(ctx: Context): Readonly<Record<'import_step' | 'read_changes' | 'sweep_changes' | 'compare_balances' | 'read_company', JobHandler>> {
  return {
    import_step: importStep(ctx),
    read_changes: readChanges(ctx),
    sweep_changes: sweepChanges(ctx),
    compare_balances: compareBalances(ctx),
    read_company: readCompanyDaily(ctx),
  }
}
