import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { MerchantId } from '../../db/values.ts'
import { reconcileAll } from '../reconcile/reconcile.ts'
import { dayMs } from '../sync/jobs.ts'
import { type Said, type Wish, socketOf, wishSchema } from './protocol.ts'

/**
 * Takes commands from whoever may write beside the database: only one process may have the file open, so a command asks that process.
 * Answers how to stop. A place where no socket can be, e.g. a path of over a hundred characters, is logged, and commands then need the server stopped.
 */
export async function serveControl(ctx: Context, databasePath: string): Promise<() => Promise<void>> {
  const path = socketOf(databasePath)
  // The file is ours alone: whatever lies here was left by a process that was killed.
  rmSync(path, { force: true })
  const server = createServer((request, response) => void answer(ctx, request, response))
  try {
    server.listen(path)
    await once(server, 'listening')
  } catch (error) {
    ctx.log.error({ err: error }, 'commands cannot reach this server: stop it before a backup or a reconciliation')
    return async () => {}
  }
  chmodSync(path, 0o600)
  return async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
}

async function answer(ctx: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (said: Said) => new Promise<void>(resolve => response.write(`${JSON.stringify(said)}\n`, () => resolve()))
  try {
    const wish = wishSchema.safeParse(JSON.parse(await text(request)))
    await (wish.success ? carryOut(ctx, wish.data, say) : say({ kind: 'failed', problem: 'The running server is of another version than this command.' }))
  } catch (error) {
    ctx.log.error({ err: error }, 'a command failed')
    await say({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) })
  } finally {
    response.end()
  }
}

async function carryOut(ctx: Context, wish: Wish, say: (said: Said) => Promise<void>): Promise<void> {
  switch (wish.verb) {
    case 'backup': {
      await say({ kind: 'begun', bytes: await ctx.store.copyBytes() })
      // Nothing is written to anybody while the copy is made.
      await turn()
      const takenAt = ctx.clock.now()
      await ctx.store.beginCopy(wish.to)
      ctx.log.info({ ms: ctx.clock.now() - takenAt }, 'a copy of the database was written')
      return say({ kind: 'copied', takenAt })
    }
    case 'reconcile': {
      const onProgress = (part: 'provider' | 'quickbooks', done: number, total: number | null) => void say({ kind: 'progress', part, done, total })
      return say({ kind: 'reconciled', results: await reconcileAll(ctx)({ since: ctx.clock.now() - wish.days * dayMs, books: 'all', onProgress }, wish.merchantId as MerchantId | null) })
    }
  }
}
