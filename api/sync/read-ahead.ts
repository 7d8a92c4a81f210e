import type { ImportStepRow } from '../../db/queries/imports.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { Job } from '../outbox/worker.ts'
import type { Currency } from '../domain/money.ts'
import type { QboAnswer, QboEntity } from '../ports.ts'
import type { Page } from './read-page.ts'
import { startReading } from './reading.ts'

export const pageMax = 1000
/** What was read longer ago may have changed since; it is read anew. */
const freshMs = 30_000

type Begun = { of: string; at: number; page: Promise<QboAnswer<Page>> }

/** Reads the pages of runs, each while the one before it is being written; at most one page of a run is ahead, in this process alone. */
export function pagesAhead(ctx: Context) {
  const begun = new Map<string, Begun>()
  const read = startReading()
  const ask = (job: Job, step: ImportStepRow, home: Currency): Promise<QboAnswer<Page>> => {
    const entity = step.entity as QboEntity
    return callQuickBooks(ctx, job.merchantId, at => ctx.accounting.pageBy(at, { entity, where: step.where, orderBy: 'Id', start: step.nextStart, max: pageMax }, bytes => read(bytes, { entity, home })))
  }
  const nameOf = (step: ImportStepRow) => `${step.entity} ${step.where ?? ''} ${step.nextStart}`
  return {
    /** The page at which this step stands. */
    page: (job: Job, runId: string, step: ImportStepRow, home: Currency): Promise<QboAnswer<Page>> => {
      const ahead = begun.get(runId)
      begun.delete(runId)
      return ahead?.of === nameOf(step) && ctx.clock.now() - ahead.at < freshMs ? ahead.page : ask(job, step, home)
    },
    /** Begins to read the page at which this step will stand. */
    begin: (job: Job, runId: string, step: ImportStepRow, home: Currency): void => {
      const page = ask(job, step, home)
      // Where it fails, whoever takes it is told; nobody may.
      void Promise.allSettled([page])
      const of = nameOf(step)
      begun.set(runId, { of, at: ctx.clock.now(), page })
      // Another process may carry the run on, and nobody come for it here.
      setTimeout(() => begun.get(runId)?.of === of && begun.delete(runId), freshMs).unref()
    },
  }
}
