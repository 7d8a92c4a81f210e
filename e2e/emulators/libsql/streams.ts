import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../kit/clock.ts'
import type { Connection } from './connection.ts'
import { ProtocolBroken, StreamExpired } from './protocol.ts'
import type { Holder, WriteLock } from './write-lock.ts'

/** A caller's connection, held together over several requests by batons. */
export type Stream = Holder & {
  connection: Connection
  /** Texts that the caller stored to name them by number. */
  texts: Map<number, string>
  /** Whether the lock was taken away; the next statement is told so. */
  wasRobbed: boolean
}
type Entry = { stream: Stream; baton: string; state: 'free' | 'in use' | 'expired'; forgetTimer: () => void }

export type Streams = {
  /** The stream of a baton, or a new one. Throws ProtocolBroken or StreamExpired, as sqld answers them. */
  take(baton: string | null | undefined): { id: string; stream: Stream }
  /** Gives it back for the next request; the answer is that request's baton. */
  keep(id: string): string
  /** Ends it; what was not committed is rolled back. */
  end(id: string): void
  open(): number
  endAll(): void
}

/**
 * The streams of the server. A stream that nobody uses for `idleMs` expires (10 s in sqld, remembered for 300 s:
 * libsql-server/src/hrana/http/stream.rs); a baton is good for one request.
 */
export function createStreams(parts: { clock: Clock; idleMs: number; lock: WriteLock; connect: () => Connection; disconnect: (connection: Connection) => void }): Streams {
  const { clock, idleMs, lock, connect, disconnect } = parts
  const entries = new Map<string, Entry>()
  const finish = ({ stream, forgetTimer }: Entry) => {
    forgetTimer()
    stream.connection.rollback()
    lock.release(stream)
    disconnect(stream.connection)
  }
  const expire = (id: string, entry: Entry) => {
    finish(entry)
    entry.state = 'expired'
    entry.forgetTimer = clock.at(clock.now() + rememberedMs, () => entries.delete(id))
  }
  return {
    take(baton) {
      if (baton === null || baton === undefined) {
        const id = randomUUID()
        const stream = createStream(connect())
        entries.set(id, { stream, baton: '', state: 'in use', forgetTimer: () => {} })
        return { id, stream }
      }
      const id = baton.split('.')[0] ?? ''
      const entry = entries.get(id)
      if (!entry) throw new ProtocolBroken('Received an invalid baton')
      if (entry.state === 'expired') throw new StreamExpired('The stream has expired due to inactivity')
      if (entry.state === 'in use' || entry.baton !== baton) throw new ProtocolBroken('Received a baton that has already been used')
      entry.forgetTimer()
      entry.state = 'in use'
      return { id, stream: entry.stream }
    },
    keep(id) {
      const entry = entries.get(id)
      if (!entry) throw new Error(`There is no stream ${id}.`)
      entry.state = 'free'
      entry.baton = `${id}.${randomBytes(8).toString('hex')}`
      entry.forgetTimer = clock.at(clock.now() + idleMs, () => expire(id, entry))
      return entry.baton
    },
    end(id) {
      const entry = entries.get(id)
      if (!entry) return
      entries.delete(id)
      finish(entry)
    },
    open: () => [...entries.values()].filter(entry => entry.state !== 'expired').length,
    endAll() {
      lock.clear()
      for (const entry of entries.values()) if (entry.state !== 'expired') finish(entry)
      entries.clear()
    },
  }
}

const rememberedMs = 300_000

function createStream(connection: Connection): Stream {
  const stream: Stream = {
    connection,
    texts: new Map(),
    wasRobbed: false,
    robbed: () => {
      connection.rollback()
      stream.wasRobbed = true
    },
  }
  return stream
}
