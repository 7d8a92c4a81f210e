import type { ImportStepRow } from '../../db/queries/imports.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { Job } from '../outbox/worker.ts'
import type { Currency } from '../domain/money.ts'
import type { QboAnswer, QboEntity } from '../ports.ts'
import { incomingOf, readObject } from './incoming.ts'
import type { Page } from './read-page.ts'

export const pageMax = 1000
/** What changes after a page was read comes as any change does; a page that nobody came for is not kept for ever, though. */
const freshMs = 5 * 60_000

/** One page waits while the next is on its way: what arrives is only taken in between two writes. */
const pagesMax = 2

type Begun = { of: string; at: number; page: Promise<QboAnswer<Page>>; forgetTimer: NodeJS.Timeout }

/** Reads the pages of runs, a few ahead while one is being written, in this process alone. */
export function pagesAhead(ctx: Context) {
  const begun = new Map<string, Begun[]>()
  const ask = (job: Job, step: ImportStepRow, home: Currency): Promise<QboAnswer<Page>> => {
    const query = { entity: step.entity as QboEntity, where: step.where, orderBy: 'Id', start: step.nextStart, max: pageMax }
    return callQuickBooks(ctx, job.merchantId, async at => {
      const incoming = incomingOf()
      const answer = await ctx.accounting.pageAs(at, query, object => {
        readObject(incoming, query.entity, object, home)
        return object.Id
      })
      return answer.ok ? { ...answer, value: { ids: answer.value, incoming } } : answer
    })
  }
  const nameOf = (step: ImportStepRow) => `${step.entity} ${step.where ?? ''} ${step.nextStart}`
  const ahead = (runId: string) => begun.get(runId) ?? []
  /** Nothing holds it from then on but whoever took it. */
  const forget = (runId: string, of: string) => {
    const rest = ahead(runId).filter(page => page.of !== of)
    clearTimeout(ahead(runId).find(page => page.of === of)?.forgetTimer)
    if (rest.length > 0) begun.set(runId, rest)
    else begun.delete(runId)
  }
  return {
    /** The page at which this step stands. */
    page: (job: Job, runId: string, step: ImportStepRow, home: Currency): Promise<QboAnswer<Page>> => {
      const of = nameOf(step)
      const known = ahead(runId).find(page => page.of === of)
      if (known) forget(runId, of)
      return known && ctx.clock.now() - known.at < freshMs ? known.page : ask(job, step, home)
    },
    /** Begins to read the pages at which this step will stand. */
    begin: (job: Job, runId: string, step: ImportStepRow, home: Currency): void => {
      for (let i = 0; i < pagesMax; i++) {
        const next = { ...step, nextStart: step.nextStart + i * pageMax }
        const of = nameOf(next)
        if (i > 0 && (step.total === null || step.done + i * pageMax >= step.total)) break
        if (ahead(runId).some(page => page.of === of)) continue
        const page = ask(job, next, home)
        // Where it fails, whoever takes it is told; nobody may.
        void Promise.allSettled([page])
        // Another process may carry the run on, and nobody come for it here.
        const forgetTimer = setTimeout(() => forget(runId, of), freshMs).unref()
        begun.set(runId, [...ahead(runId), { of, at: ctx.clock.now(), page, forgetTimer }])
      }
    },
  }
}
