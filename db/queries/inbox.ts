import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'

export type ReceivedEvent = { source: 'quickbooks' | 'stripe'; owner: string; eventId: string; body: string; receivedAt: number }

/** Events received from outside, before anything is decided about them. */
export const inboxControl = (db: Db) => ({
  /** Keeps an event; the same event again changes nothing. */
  receive: (event: Omit<ReceivedEvent, 'receivedAt'> & { now: number }): Write =>
    write(`insert into inbox (source, owner, event_id, body, state, received_at) values (?, ?, ?, ?, 'received', ?) on conflict do nothing`, event.source, event.owner, event.eventId, event.body, event.now),
  waiting: (source: ReceivedEvent['source'], owner: string, most: number): Promise<ReceivedEvent[]> =>
    db.rows<ReceivedEvent>(
      `select source, owner, event_id eventId, body, received_at receivedAt from inbox where source = ? and owner = ? and state = 'received' order by received_at, event_id limit ?`,
      [source, owner, most]),
  find: async (source: ReceivedEvent['source'], owner: string, eventId: string): Promise<(ReceivedEvent & { state: string }) | null> => {
    const [row] = await db.rows<ReceivedEvent & { state: string }>(
      `select source, owner, event_id eventId, body, received_at receivedAt, state from inbox where source = ? and owner = ? and event_id = ?`, [source, owner, eventId])
    return row ?? null
  },
  end: (event: Pick<ReceivedEvent, 'source' | 'owner' | 'eventId'>, state: 'done' | 'ignored' | 'dead', problem: string | null, now: number): Write =>
    write(`update inbox set state = ?, problem = ?, done_at = ? where source = ? and owner = ? and event_id = ?`, state, problem, now, event.source, event.owner, event.eventId),
  endAll: (source: ReceivedEvent['source'], owner: string, eventIds: readonly string[], state: 'done' | 'ignored', now: number): Write =>
    write(`update inbox set state = ?, done_at = ? where source = ? and owner = ? and event_id in (select value from json_each(?)) and state = 'received'`, state, now, source, owner, JSON.stringify(eventIds)),
  /** Wakes an effect again where events came in while it was being carried out. To be put behind the effect's own end in a batch. */
  wakeIfWaiting: (jobId: string, merchantId: string, source: ReceivedEvent['source'], owner: string): Write =>
    write(
      `update outbox set state = 'ready', done_at = null, run_at = ${db.clock()} where merchant_id = ? and id = ? and state = 'done'
       and exists (select 1 from inbox where source = ? and owner = ? and state = 'received')`,
      merchantId, jobId, source, owner),
  backlog: async () => {
    const [row] = await db.rows<{ waiting: number; oldestAt: number | null }>(`select count(*) waiting, min(received_at) oldestAt from inbox where state = 'received'`)
    return row ?? { waiting: 0, oldestAt: null }
  },
})
