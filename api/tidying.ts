import type { Context } from './context.ts'
import type { TidyStep } from '../db/queries/tidying.ts'

const dayMs = 24 * 60 * 60_000
const changesKeptMs = dayMs
/** Nothing that was owed or received is dropped sooner after its end: every comparison looks back on less. */
const endedKeptMs = 90 * dayMs
const sessionsKeptMs = 30 * dayMs
const everyMs = 60 * 60_000
const lookMs = 10_000
/** Few enough that requests hardly wait for it. */
const rowsAtOnce = 2_000

/** Drops, every hour, what has run out: codes, windows, sessions, old changes, events and effects that ended long ago. Answers how to stop. */
export function startTidying(ctx: Context): () => Promise<void> {
  let tidiedAt = ctx.clock.now()
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  const timer = setInterval(() => {
    // By the clock, because a machine that slept has hours to make up for.
    if (Math.abs(ctx.clock.now() - tidiedAt) < everyMs) return
    tidiedAt = ctx.clock.now()
    running = tidy(ctx, () => stopped).catch((error: unknown) => ctx.log.error({ err: error }, 'what has run out was not dropped; it is tried again in an hour'))
  }, lookMs)
  return async () => {
    stopped = true
    clearInterval(timer)
    await running
  }
}

/** Drops what has run out by now, in small steps. */
export async function tidy(ctx: Pick<Context, 'store' | 'clock' | 'log'>, isStopped: () => boolean = () => false): Promise<void> {
  const { sessions, changes, operations, tidying } = ctx.store.control
  const now = ctx.clock.now()
  await ctx.store.commit(sessions.dropExpired(now), changes.drop(now - changesKeptMs), operations.drop())
  const dropped = {
    events: await walk(tidying.inbox, now - endedKeptMs, isStopped),
    effects: await walk(tidying.outbox, now - endedKeptMs, isStopped),
    sessions: await walk(tidying.sessions, now - sessionsKeptMs, isStopped),
  }
  ctx.log.info({ dropped }, 'what has run out was dropped')
}

async function walk(step: TidyStep, before: number, isStopped: () => boolean): Promise<number> {
  let dropped = 0
  for (let after: number | null = 0; after !== null && !isStopped(); ) {
    const tidied: Awaited<ReturnType<TidyStep>> = await step(after, before, rowsAtOnce)
    dropped += tidied.dropped
    after = tidied.next
  }
  return dropped
}
