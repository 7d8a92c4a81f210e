import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { JobResult } from '../outbox/worker.ts'
import type { QboFailure } from '../ports.ts'

/** A locked company is looked at again after an hour. */
const lockedMs = 60 * 60_000

/** How a read of QuickBooks that failed is gone on with: most is asked again later, an ended grant waits for the merchant. */
export function resultOfFailure(ctx: Context, merchantId: MerchantId, failure: QboFailure, writes: Write[] = []): JobResult {
  const problem = sentenceOf(failure)
  switch (failure.class) {
    case 'throttled':
      return { kind: 'retry', problem, writes, ...(failure.retryAfterMs === null ? {} : { afterMs: failure.retryAfterMs }) }
    case 'auth':
      return { kind: 'blocked', problem, writes }
    case 'paused': {
      const now = ctx.clock.now()
      const card = ctx.store.merchant(merchantId).cards.open({ id: newId('crd', now), key: 'company-locked', kind: 'company_locked', facts: { code: failure.code, message: failure.message }, now })
      return { kind: 'retry', problem, afterMs: lockedMs, writes: [...writes, card] }
    }
    case 'transient':
    case 'unknown':
    case 'stale':
    case 'gone':
    case 'person':
    case 'ours':
      return { kind: 'retry', problem, writes }
  }
}

/** What to tell the merchant about a read that failed. */
export function sentenceOf(failure: QboFailure): string {
  switch (failure.class) {
    case 'throttled':
      return 'QuickBooks asked us to slow down. Reading goes on by itself in a minute.'
    case 'auth':
      return 'QuickBooks no longer accepts this connection. Connect again to go on.'
    case 'paused':
      return `QuickBooks has locked this company (${failure.message}). Check its subscription in QuickBooks.`
    case 'transient':
    case 'unknown':
      return 'QuickBooks did not answer. It is asked again by itself.'
    case 'stale':
    case 'gone':
    case 'person':
    case 'ours':
      return `QuickBooks refused to answer: ${failure.message}${failure.code ? ` (${failure.code})` : ''}. It is asked again by itself.`
  }
}
