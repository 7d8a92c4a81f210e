import { setTimeout as wait } from 'node:timers/promises'
import { connect } from '../../db/client.ts'
import { createFaults, type Faults } from '../emulators/kit/faults.ts'
import type { Client } from './node.ts'

export type SharedDatabase = {
  /** What nodes are told to call; nobody listens there, for `client` stands in the way. */
  url: string
  faults: Faults
  /** The one connection that all nodes of this process share, behind faults as a network has them. */
  client: Client
  close(): Promise<void>
}


/** A libSQL server's place taken by one connection in this process: many schedules can be played on it in the time that HTTP takes for one. */
export async function openSharedDatabase(path: string): Promise<SharedDatabase> {
  const { client: inner, close } = await connect(`file:${path}`, { timeoutMs: 0 })
  const faults = createFaults()
  const struck = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    const fault = faults.take({ method: 'POST', path: '/v2/pipeline', body: JSON.stringify(args) })
    if (fault?.kind === 'refuse') throw lost()
    if (fault?.kind === 'delay') await wait(fault.ms)
    const result = await call(...args)
    if (fault?.kind === 'lose-answer') throw lost()
    if (fault?.kind === 'delay-answer') await wait(fault.ms)
    return result
  }
  const execute = struck(inner.execute.bind(inner))
  // A batch for a server begins by switching its stream to foreign keys; this connection keeps them anyway.
  const batch = struck((statements: Parameters<Client['batch']>[0]) => inner.batch(statements.slice(statements.indexOf('begin immediate') + 1), 'write'))
  const client = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'execute') return execute
      if (name === 'batch') return batch
      // A node that stops closes its own connection, not everybody's.
      if (name === 'close') return () => {}
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    },
  })
  return { url: 'http://database.invalid', faults, client, close }
}

/** What a client of HTTP sees, whether the request or its answer was lost. */
function lost(): Error {
  return new TypeError('fetch failed')
}
