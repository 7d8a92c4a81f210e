import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { Currency } from '../domain/money.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { IntuitEvent, QboAnswer, QboFailure } from '../ports.ts'
import { homeCurrency, writesOf } from './apply.ts'
import { completed, readByIds } from './complete.ts'
import { type FollowedEvent, isFollowed, uncovered } from './covered.ts'
import { resultOfFailure } from './failure.ts'
import { mergeIncoming, readObjects } from './incoming.ts'
import { lookBackMs } from './imports.ts'
import { changesJob, laneOf } from './jobs.ts'
import { findMerges, type Merge, mergeWrites } from './merges.ts'
import { overlapMs, readNamed, readWindow, type Window } from './window.ts'

const eventsMax = 1000

/**
 * Reads what events have announced: the whole burst by one metered read, which brings everything since the last one, so that
 * lost events come along. Events of versions that the mirror holds cost none. Rows, events' end and cursor are one batch.
 */
export const readChanges = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const realmId = String(job.payload['realmId'])
  const { inbox } = ctx.store.control
  const merchant = ctx.store.merchant(job.merchantId)
  const waiting = await inbox.waiting('quickbooks', realmId, eventsMax)
  const events = waiting.map(row => JSON.parse(row.body) as IntuitEvent)
  const now = ctx.clock.now()
  const after = [inbox.wakeIfWaiting(changesJob(realmId), job.merchantId, 'quickbooks', realmId)]
  const ended = inbox.endAll('quickbooks', realmId, waiting.map(row => row.eventId), 'done', now)
  const company = events.some(event => event.entity === 'Preferences') ? [merchant.outbox.wake({ id: `company:${realmId}`, lane: laneOf(realmId), kind: 'read_company', payload: { realmId } })] : []
  const wanted = await uncovered(ctx, job.merchantId, events.filter(isFollowed))
  if (wanted.length === 0) return { kind: 'done', writes: [ended, ...company], after }
  const read = await changesFor(ctx, job.merchantId, wanted)
  if (!read.ok) return resultOfFailure(ctx, job.merchantId, read.failure)
  await ctx.pass('S3')
  return { kind: 'done', writes: [...read.value, ended, ...company], after }
}

async function changesFor(ctx: Context, merchantId: MerchantId, wanted: readonly FollowedEvent[]): Promise<QboAnswer<Write[]>> {
  const home = await homeCurrency(ctx, merchantId)
  const cursor = await cursorOf(ctx, merchantId)
  const oldest = Math.min(...wanted.map(event => event.changedAt ?? ctx.clock.now())) - overlapMs
  const since = Math.min(cursor ?? oldest, oldest)
  const merges = wanted.flatMap(event => (event.operation === 'merge' && event.entity === 'Customer' && event.deletedId !== null ? [{ goneQboId: event.deletedId, keptQboId: event.id }] : []))
  const window = await (since < ctx.clock.now() - lookBackMs ? namedOnly(ctx, merchantId, home, wanted) : readWindow(ctx, merchantId, home, since, wanted))
  return window.ok ? windowWrites(ctx, merchantId, home, window.value, { since, merges }) : window
}

/** Too long ago for change data capture: the objects themselves are read, and the sweep sees to the rest. */
async function namedOnly(ctx: Context, merchantId: MerchantId, home: Currency, wanted: readonly FollowedEvent[]): Promise<QboAnswer<Window>> {
  const named = await readNamed(ctx, merchantId, home, wanted)
  return named.ok ? { ...named, value: { read: named.value, goneCustomers: [], serverTime: null } } : named
}

/** The writes for what a window brought: rows with what they refer to, merges, and the cursor moved on where nothing lies between. */
export async function windowWrites(ctx: Context, merchantId: MerchantId, home: Currency, window: Window, from: { since: number; merges: readonly Merge[] }): Promise<QboAnswer<Write[]>> {
  const { connection } = ctx.store.merchant(merchantId)
  const found = await findMerges(ctx, merchantId, from.merges, window.goneCustomers)
  if (!found.ok) return found
  const whole = await completed(ctx, merchantId, mergeIncoming(window.read, readObjects([], home, found.value.gone)), home, true)
  if (!whole.ok) return whole
  const kept = await keptCustomers(ctx, merchantId, home, found.value.merges, whole.value.customers.map(row => row.qboId))
  if (!kept.ok) return kept
  const merges = found.value.merges.filter(merge => kept.value.known.has(merge.keptQboId))
  const writes = await writesOf(ctx, merchantId, mergeIncoming(whole.value, kept.value.read), 'told')
  const cursor = await cursorOf(ctx, merchantId)
  const next = window.serverTime === null ? null : window.serverTime - overlapMs
  const moved = cursor !== null && next !== null && from.since <= cursor && next > cursor ? [connection.moveCursor('changes', new Date(next).toISOString(), ctx.clock.now())] : []
  return { ok: true, value: [...writes, ...mergeWrites(ctx, merchantId, merges), ...moved], intuitTid: null }
}

/** The customers that merges kept must be in the mirror before anything is moved to them. */
async function keptCustomers(ctx: Context, merchantId: MerchantId, home: Currency, merges: readonly Merge[], inHand: readonly string[]) {
  const ids = [...new Set(merges.map(merge => merge.keptQboId))]
  const there = new Set([...inHand, ...(await ctx.store.merchant(merchantId).mirror.knownCustomers(ids)).map(row => row.qboId)])
  const answer = await readByIds(ctx, merchantId, 'Customer', ids.filter(id => !there.has(id)))
  if (!answer.ok) return answer satisfies { ok: false; failure: QboFailure }
  const read = readObjects([{ entity: 'Customer', objects: answer.value }], home)
  return { ok: true as const, value: { read, known: new Set([...there, ...read.customers.map(row => row.qboId)]) }, intuitTid: null }
}

async function cursorOf(ctx: Context, merchantId: MerchantId): Promise<number | null> {
  const ms = Date.parse((await ctx.store.merchant(merchantId).connection.cursor('changes')) ?? '')
  return Number.isNaN(ms) ? null : ms
}
