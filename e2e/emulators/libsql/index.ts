import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { createClock, type Clock } from '../kit/clock.ts'
import { createFaults, type Faults } from '../kit/faults.ts'
import { createEmulator, listen } from '../kit/server.ts'
import { type Connection, openConnection } from './connection.ts'
import { handle } from './pipeline.ts'
import { pipelineSchema, ProtocolBroken, StreamExpired } from './protocol.ts'
import { createStreams, type Streams } from './streams.ts'
import { createWriteLock, type WriteLock } from './write-lock.ts'

export type HranaServerOptions = {
  /** The database's file; one that lives as long as the server when absent. */
  path?: string
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  clock?: Clock
  /** How long a writer may hold the lock while another waits. */
  lockMs?: number
  /** How long a stream may lie idle. */
  idleMs?: number
  /** Asked of every caller when given. */
  authToken?: string
  /** Whether foreign keys are enforced on a new stream; servers differ in it. */
  foreignKeys?: boolean
  /** Whether errors carry SQLite's extended code, e.g. SQLITE_CONSTRAINT_UNIQUE; servers differ in it. */
  extendedCodes?: boolean
}

export type HranaServer = {
  url: string
  port: number
  clock: Clock
  faults: Faults
  /** A whole copy of the database, as it is now, in a new file. */
  snapshot(path: string): void
  close(): Promise<void>
}

/**
 * A libSQL server for tests: Hrana 2 over HTTP as `@libsql/client` speaks it, on SQLite, with sqld's limits and words.
 * It is a test double: what a real server does beyond this stays unproved. Throws what listening throws, e.g. EADDRINUSE.
 */
export async function startHranaServer(options: HranaServerOptions = {}): Promise<HranaServer> {
  const { clock = createClock(), lockMs = 5_000, idleMs = 10_000 } = options
  const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), 'libsql-')) : undefined
  const path = options.path ?? join(folder ?? '', 'data.db')
  const faults = createFaults()
  const lock = createWriteLock(clock, lockMs)
  const { foreignKeys = false, extendedCodes = false } = options
  const connections = createConnections(() => openConnection(path, { foreignKeys, extendedCodes }), foreignKeys)
  const streams = createStreams({ clock, idleMs, lock, connect: connections.take, disconnect: connections.giveBack })
  const app = createEmulator({
    name: 'libsql',
    clock,
    faults,
    shapes: { throttled: c => c.text('Too many requests', 429), unauthorized: c => c.json({ error: 'Unauthorized' }, 401) },
    routes: app => mountHrana(app, { streams, lock, authToken: options.authToken }),
    state: () => ({ streams: streams.open(), writing: lock.held(), waiting: lock.waiting() }),
    reset: () => {
      streams.endAll()
      connections.closeAll()
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    },
  })
  const server = await listen(app, options.port, options.host)
  return {
    url: server.url,
    port: server.port,
    clock,
    faults,
    snapshot: to => copy(path, to),
    close: async () => {
      await server.close()
      streams.endAll()
      connections.closeAll()
      if (!options.clock) clock.stop()
      if (folder) rmSync(folder, { recursive: true })
    },
  }
}

function mountHrana(app: Hono<{ Bindings: HttpBindings }>, { streams, lock, authToken }: { streams: Streams; lock: WriteLock; authToken: string | undefined }): void {
  app.get('/health', c => c.body(null, 200))
  app.get('/v2', c => c.text('Hello, this is HTTP API v2 (Hrana over HTTP)'))
  app.post('/v2/pipeline', async c => {
    if (authToken !== undefined && c.req.header('authorization') !== `Bearer ${authToken}`) return c.json({ error: 'Unauthorized: `Authorization header is expected but not given`' }, 401)
    const body = pipelineSchema.safeParse(await c.req.json())
    if (!body.success) return c.text(`Cannot deserialize client message from JSON: ${z.prettifyError(body.error)}`, 400)
    try {
      return c.json(await answerPipeline(body.data, streams, lock))
    } catch (error) {
      if (error instanceof StreamExpired) return c.json({ message: error.message, code: 'STREAM_EXPIRED' }, 500)
      if (error instanceof ProtocolBroken) return c.text(error.message, 400)
      throw error
    }
  })
}

async function answerPipeline({ baton, requests }: z.output<typeof pipelineSchema>, streams: Streams, lock: WriteLock) {
  const { id, stream } = streams.take(baton)
  const results = []
  try {
    for (const request of requests) results.push(await handle(request, stream, lock))
  } catch (error) {
    streams.end(id)
    throw error
  }
  const closed = requests.some(request => request.type === 'close')
  if (closed) streams.end(id)
  return { baton: closed ? null : streams.keep(id), base_url: null, results }
}

/** Connections are used again by later streams, since opening one costs more than most statements. */
function createConnections(open: () => Connection, foreignKeys: boolean) {
  const all = new Set<Connection>()
  const idle: Connection[] = []
  return {
    take: () => {
      const connection = idle.pop() ?? open()
      all.add(connection)
      return connection
    },
    giveBack: (connection: Connection) => {
      connection.runAll(`pragma foreign_keys = ${foreignKeys ? 'on' : 'off'}`)
      if (all.has(connection)) idle.push(connection)
    },
    closeAll: () => {
      for (const connection of all) connection.close()
      all.clear()
      idle.length = 0
    },
  }
}

function copy(from: string, to: string): void {
  const database = new DatabaseSync(from)
  try {
    database.prepare('vacuum into ?').run(to)
  } finally {
    database.close()
  }
}
