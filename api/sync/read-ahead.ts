import type { ImportStepRow } from '../../db/queries/imports.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { Job } from '../outbox/worker.ts'
import type { QboAnswer, QboEntity, QboObject } from '../ports.ts'

export const pageMax = 1000
/** What was read longer ago may have changed since; it is read anew. */
const freshMs = 30_000

type Page = QboAnswer<QboObject[]>
type Begun = { of: string; at: number; page: Promise<Page> }

/** Reads the pages of runs, each while the one before it is being written; at most one page of a run is ahead, in this process alone. */
export function pagesAhead(ctx: Context) {
  const begun = new Map<string, Begun>()
  const ask = (job: Job, step: ImportStepRow): Promise<Page> =>
    callQuickBooks(ctx, job.merchantId, at => ctx.accounting.page(at, { entity: step.entity as QboEntity, where: step.where, orderBy: 'Id', start: step.nextStart, max: pageMax }))
  const nameOf = (step: ImportStepRow) => `${step.entity} ${step.where ?? ''} ${step.nextStart}`
  return {
    /** The page at which this step stands. */
    page: (job: Job, runId: string, step: ImportStepRow): Promise<Page> => {
      const ahead = begun.get(runId)
      begun.delete(runId)
      return ahead?.of === nameOf(step) && ctx.clock.now() - ahead.at < freshMs ? ahead.page : ask(job, step)
    },
    /** Begins to read the page at which this step will stand. */
    begin: (job: Job, runId: string, step: ImportStepRow): void => {
      const page = ask(job, step)
      // Where it fails, whoever takes it is told; nobody may.
      void Promise.allSettled([page])
      begun.set(runId, { of: nameOf(step), at: ctx.clock.now(), page })
    },
  }
}
