import { AsyncResource } from 'node:async_hooks'
import type { Client as DrizzleClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { type Commit, type ConnectOptions, type Write, connect } from './client.ts'
import { beginCopy, copyBytes, finishCopy } from './copy.ts'
import { migrate } from './migrate.ts'
import { cardQueries } from './queries/cards.ts'
import { cardTryQueries } from './queries/card-tries.ts'
import { changeControl, changeQueries } from './queries/changes.ts'
import { connectionControl, connectionQueries } from './queries/connections.ts'
import { deskQueries } from './queries/desk.ts'
import { driftQueries } from './queries/drift.ts'
import { importQueries } from './queries/imports.ts'
import { figureControl } from './queries/figures.ts'
import { inboxControl } from './queries/inbox.ts'
import { invoiceQueries } from './queries/invoices.ts'
import { listQueries } from './queries/lists.ts'
import { mailQueries } from './queries/mails.ts'
import { merchantControl, merchantQueries } from './queries/merchants.ts'
import { mirrorQueries } from './queries/mirror.ts'
import { mirrorSettleQueries } from './queries/mirror-settle.ts'
import { operationControl } from './queries/operations.ts'
import { outboxControl, outboxQueries } from './queries/outbox.ts'
import { paymentControl, paymentQueries } from './queries/payments.ts'
import { postingQueries } from './queries/postings.ts'
import { reconcileQueries } from './queries/reconcile.ts'
import { recoveryControl, recoveryQueries } from './queries/recovery.ts'
import { sealedControl } from './queries/sealed.ts'
import { sessionControl, sessionQueries } from './queries/sessions.ts'
import { tidyingControl } from './queries/tidying.ts'
import * as schema from './schema/index.ts'
import { type Db, rowsOf } from './sql.ts'
import type { MerchantId } from './values.ts'

export type StoreOptions = {
  /** `file:…` for one process, `libsql:`, `http:` or `https:` for a server. */
  url: string
  authToken?: string | undefined
  timeoutMs?: number
  /** How far the database's clock is moved, for tests that live in another time. */
  clockOffsetMs?: () => number
  /** Names what makes this process owe an effect just now, e.g. a request's id; it is kept beside the effect. */
  cause?: () => string | null
  around?: ConnectOptions['around']
  wait?: ConnectOptions['wait']
  largeFrom?: ConnectOptions['largeFrom']
}
export type Store = Awaited<ReturnType<typeof openStore>>

/**
 * Opens the database, brings it up to date and gives the one door to its rows: `merchant(id)` for the rows of one
 * merchant, `control` for the short work that belongs to none. Every write is a batch given to `commit`.
 */
export async function openStore(options: StoreOptions) {
  const connection = await connect(options.url, { authToken: options.authToken, timeoutMs: options.timeoutMs ?? 10_000, around: options.around, wait: options.wait, largeFrom: options.largeFrom })
  await migrate(connection.client)
  const offsetMs = options.clockOffsetMs ?? (() => 0)
  const db: Db = {
    // Of the client, drizzle asks what ours has, as long as nobody opens a transaction with it.
    orm: drizzle({ client: connection.client as DrizzleClient, schema }),
    ...rowsOf(connection.client),
    cause: options.cause ?? (() => null),
    clock: () => `(cast(unixepoch('subsec') * 1000 as integer) + ${Math.trunc(offsetMs())})`,
  }
  const listeners = new Set<() => void>()
  /** Writes all or nothing. A broken rule is an answer; everything else throws. */
  const commit = async (...writes: (Write | readonly Write[])[]): Promise<Commit> => {
    const outcome = await connection.commit(writes.flat())
    if (outcome.kind === 'committed') for (const listener of listeners) listener()
    return outcome
  }
  return {
    commit,
    /** Another number as soon as anything is written; null where other processes write too. */
    version: (): number | null => connection.client.version?.() ?? null,
    /** Calls back after each commit of this process, so that nobody has to wait for a poll. */
    onCommit: (listener: () => void) => {
      // What a listener does is not done on behalf of whoever commits.
      const called = AsyncResource.bind(listener)
      listeners.add(called)
      return () => void listeners.delete(called)
    },
    merchant: (id: MerchantId) => ({
      id,
      commit,
      self: merchantQueries(db, id),
      connection: connectionQueries(db, id),
      outbox: outboxQueries(db, id),
      cards: cardQueries(db, id),
      cardTries: cardTryQueries(db, id),
      changes: changeQueries(db, id),
      mirror: mirrorQueries(db, id),
      mirrorSettle: mirrorSettleQueries(id),
      imports: importQueries(db, id),
      drift: driftQueries(db, id),
      invoices: invoiceQueries(db, id),
      payments: paymentQueries(db, id),
      postings: postingQueries(db, id),
      reconcile: reconcileQueries(db, id),
      recovery: recoveryQueries(db, id),
      sessions: sessionQueries(db, id),
      mails: mailQueries(db, id),
      lists: listQueries(db, id),
      desk: deskQueries(db, id),
    }),
    control: {
      merchants: merchantControl(db),
      connections: connectionControl(db),
      inbox: inboxControl(db),
      operations: operationControl(),
      outbox: outboxControl(db),
      changes: changeControl(db),
      payments: paymentControl(db),
      sessions: sessionControl(db),
      sealed: sealedControl(db),
      recovery: recoveryControl(db),
      figures: figureControl(db),
      tidying: tidyingControl(db),
    },
    copyBytes: () => copyBytes(connection.client),
    /** The first half of a backup: nothing else runs in this process meanwhile. `finishCopy` of `db/copy.ts` is the other half. */
    beginCopy: (path: string) => beginCopy(connection.client, path),
    /** Writes a checked backup of the embedded file; `takenAt` is now (epoch ms). Throws a CopyError where it is not sound. */
    backupTo: async (path: string, takenAt: number) => {
      await beginCopy(connection.client, path)
      await finishCopy(path, takenAt)
    },
    close: () => connection.close(),
  }
}
