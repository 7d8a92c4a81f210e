import { randomUUID } from 'node:crypto'
import type { Write } from '../../db/client.ts'
import type { Job } from '../../db/queries/outbox.ts'
import type { Context } from '../context.ts'
import { backoffMs, isPoison } from '../domain/retry.ts'
import { newId } from '../ids.ts'
import { withTrace } from '../trace.ts'

export type { Job }
/**
 * How an effect ended. Its writes and its end are one batch, refused whole when the lease was lost meanwhile.
 * `after` stands behind the end in that batch. A `retry` without `afterMs` waits longer each time.
 */
export type JobResult =
  | { kind: 'done'; writes?: Write[]; after?: Write[] }
  | { kind: 'again'; afterMs: number; writes?: Write[] }
  | { kind: 'retry'; problem: string; afterMs?: number; writes?: Write[] }
  | { kind: 'blocked'; problem: string; writes?: Write[] }
export type JobHandler = (job: Job) => Promise<JobResult>

/** All that effects are carried out with; their handlers bring the rest. */
type Ground = Pick<Context, 'store' | 'clock' | 'log' | 'pass'>

export type Worker = {
  /** Looks for due effects now instead of when the next one known of is due. */
  poke(): void
  /** Waits until nothing is due and nothing runs: for tests. */
  idle(): Promise<void>
  /** Begins nothing more and lets what runs end within this time; what has not ended then is given back, so that another process goes on with it. */
  stop(withinMs?: number): Promise<void>
}

const leaseMs = 90_000
const pollMs = 1_000
const lanesMax = 16
const stopWithinMs = 25_000
/** What writes outside and was given up in the middle may be on its way for as long as a call may take; only then is it tried by somebody else. */
const callMostMs = 30_000

/**
 * Carries out owed effects, one at a time per lane, until stopped. `readsOnly` names the kinds that write nothing outside: another
 * process may begin them anew while a call of this one is still under way.
 */
export function startWorker(ctx: Ground, handlers: Readonly<Record<string, JobHandler>>, readsOnly: readonly string[] = []): Worker {
  const owner = randomUUID()
  const running = new Map<Job, Promise<void>>()
  let stopped = false
  let looking: Promise<void> | null = null
  let lookAgain = false
  let soon: NodeJS.Immediate | null = null
  let alarm: NodeJS.Timeout | undefined

  /** Begins what is due. Answers in how many milliseconds to look again: others may owe something too, so no later than at the next poll. */
  const look = async (): Promise<number> => {
    const room = lanesMax - running.size
    const jobs = stopped || room <= 0 ? [] : await ctx.store.control.outbox.claim(owner, leaseMs, room)
    if (jobs.length > 0) await ctx.pass('Q1')
    for (const job of jobs) {
      const trace = { job: job.id, kind: job.kind, merchant: job.merchantId, attempt: job.attempts, cause: job.cause }
      const run = withTrace(trace, () => carryOut(ctx, owner, job, handlers)).finally(() => {
        running.delete(job)
        pokeSoon()
      })
      running.set(job, run)
    }
    if (stopped || jobs.length === room) return pollMs
    return Math.min((await ctx.store.control.outbox.dueInMs()) ?? pollMs, pollMs)
  }
  const poke = () => {
    if (stopped) return
    if (looking) {
      lookAgain = true
      return
    }
    clearTimeout(alarm)
    looking = look()
      .catch((error: unknown) => {
        ctx.log.error({ err: error }, 'looking for due effects failed; the next poll tries again')
        return pollMs
      })
      .then(againInMs => {
        looking = null
        const isAsked = lookAgain
        lookAgain = false
        if (isAsked) poke()
        else if (!stopped) alarm = setTimeout(poke, againInMs)
      })
  }
  /** Many commits may fall into one turn: they are one look. */
  const pokeSoon = () => {
    soon ??= setImmediate(() => {
      soon = null
      poke()
    })
  }
  const forget = ctx.store.onCommit(pokeSoon)
  poke()

  return {
    poke,
    idle: async () => {
      for (let quiet = false; !quiet; ) {
        while (looking || running.size > 0) await Promise.all([looking, ...running.values()])
        // One more look: the last effect may have owed another.
        await look()
        quiet = running.size === 0
      }
    },
    stop: async (withinMs = stopWithinMs) => {
      stopped = true
      clearTimeout(alarm)
      forget()
      await looking
      await within(Promise.all(running.values()), withinMs)
      await giveUp(ctx, owner, [...running.keys()], readsOnly)
    },
  }
}

async function within(work: Promise<unknown>, mostMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>(resolve => (timer = setTimeout(resolve, mostMs)))])
  clearTimeout(timer)
}

/** Gives back what is still being carried out. Nothing that its handlers write from here on is taken: they no longer hold the lease. */
async function giveUp(ctx: Ground, owner: string, jobs: readonly Job[], readsOnly: readonly string[]): Promise<void> {
  if (jobs.length === 0) return
  await ctx.store.commit(jobs.map(job => ctx.store.control.outbox.giveBack(job, owner, readsOnly.includes(job.kind) ? 0 : callMostMs)))
  ctx.log.warn({ jobs: jobs.map(job => job.id) }, 'effects that did not end in time were given back')
}

async function carryOut(ctx: Ground, owner: string, job: Job, handlers: Readonly<Record<string, JobHandler>>): Promise<void> {
  const { log } = ctx
  const beat = setInterval(() => {
    ctx.store.commit(ctx.store.control.outbox.extend(job, owner, leaseMs)).catch((error: unknown) => log.warn({ err: error }, 'the lease was not extended'))
  }, leaseMs / 3)
  try {
    const result = await run(ctx, handlers[job.kind], job, log)
    await ctx.pass('Q6')
    const outcome = await ctx.store.commit(writesOf(ctx, owner, job, result))
    if (outcome.kind === 'refused') await giveBack(ctx, owner, job, outcome.rule, log)
    // Why stands in its row: a vendor's words may hold a customer's name.
    else if (result.kind === 'retry' || result.kind === 'blocked') log.warn({}, result.kind === 'retry' ? 'an effect will be tried again' : 'an effect waits for a person')
    await ctx.pass('Q7')
  } catch (error) {
    log.error({ err: error }, 'an effect could not be ended; its lease will run out and it will be tried again')
  } finally {
    clearInterval(beat)
  }
}

async function run(ctx: Ground, handler: JobHandler | undefined, job: Job, log: Ground['log']): Promise<JobResult> {
  if (!handler) return { kind: 'blocked', problem: `this version does not know effects of kind ${job.kind}`, writes: stuckCard(ctx, job) }
  try {
    return await handler(job)
  } catch (error) {
    log.error({ err: error }, 'an effect failed in a way that nobody foresaw')
    const problem = error instanceof Error ? error.message : String(error)
    return isPoison(job.attempts) ? { kind: 'blocked', problem, writes: stuckCard(ctx, job) } : { kind: 'retry', problem }
  }
}

function writesOf(ctx: Ground, owner: string, job: Job, result: JobResult): Write[] {
  const { end } = ctx.store.control.outbox
  const writes = result.writes ?? []
  switch (result.kind) {
    case 'done':
      return [...writes, ...end(job, owner, { state: 'done', problem: null }), ...(result.after ?? [])]
    case 'again':
      return [...writes, ...end(job, owner, { state: 'ready', problem: null, delayMs: result.afterMs, failed: false })]
    case 'retry':
      return [...writes, ...end(job, owner, { state: 'ready', problem: result.problem, delayMs: result.afterMs ?? backoffMs(job.attempts, Math.random()), failed: true })]
    case 'blocked':
      return [...writes, ...end(job, owner, { state: 'blocked', problem: result.problem })]
  }
}

/** The rows had moved on while the effect was carried out: it is tried again from what they say now. */
async function giveBack(ctx: Ground, owner: string, job: Job, rule: string, log: Ground['log']): Promise<void> {
  log.warn({ rule }, 'the rows had moved on while an effect was carried out')
  const { end } = ctx.store.control.outbox
  await ctx.store.commit(
    isPoison(job.attempts)
      ? [...end(job, owner, { state: 'dead', problem: `a rule of the database was broken again and again: ${rule}` }), ...stuckCard(ctx, job)]
      : end(job, owner, { state: 'ready', problem: rule, delayMs: backoffMs(job.attempts, Math.random()), failed: true }),
  )
}

/** What nobody foresaw and what does not pass by itself is put before a person; nothing that is owed is left lying in silence. */
function stuckCard(ctx: Ground, job: Job): Write[] {
  const { cards, changes } = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  return [
    cards.open({ id: newId('crd', now), key: `stuck:${job.id}`, kind: 'effect_stuck', facts: { jobId: job.id, effect: job.kind }, now }),
    changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
  ]
}
