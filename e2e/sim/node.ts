import type { HttpBindings } from '@hono/node-server'
import type { Config } from '../../api/config.ts'
import type { Context } from '../../api/context.ts'
import type { CrashPoint } from '../../api/domain/crash-points.ts'
import { type Node, startNode } from '../../api/main.ts'
import type { Log } from '../../api/ports.ts'
import type { Connection } from '../../db/client.ts'
import { beginCopy, finishCopy } from '../../db/copy.ts'
import type { Clock } from '../emulators/kit/clock.ts'

export type Client = Connection['client']

/** Where a node is to die: when it passes the point for the n-th time from now. */
export type CrashOrder = { point: CrashPoint; passes: number }

/** One node of the product that can die at any crash point and leaves behind what a killed process leaves behind. */
export type MortalNode = {
  kind: 'simulated' | 'process'
  isAlive(): boolean
  /** Where it died; null after an orderly stop. */
  ended: Promise<CrashPoint | null>
  /** Null where it died before it had answered. */
  answer(request: Request, env: HttpBindings): Promise<Response | null>
  arm(order: CrashOrder | null): void
  /** Lets it look at its clock and its outbox now. */
  poke(): void
  /** Lets the database itself write down what may never be: an effect that is ended by somebody who no longer holds it. */
  watch(): Promise<void>
  /** Writes a copy of its database into a new file. */
  copy(path: string): Promise<void>
  /** Reads its database, past its own doors; nothing where it cannot be read so. */
  look(sql: string): Promise<Record<string, unknown>[]>
  /** Waits until it has nothing due, or is dead. */
  idle(): Promise<void>
  stop(): Promise<void>
}

export type NodeOptions = {
  config: Config
  clock: Clock
  log: Log
  /** A planted bug: stands between the node and its database. */
  around?: ((client: Client) => Client) | undefined
  /** A planted bug: changes how the node meets the outside. */
  change?: ((context: Context) => void) | undefined
}

/**
 * A node in this process. When it dies, nothing of it is carried out any more: its calls to the database never return, its
 * requests are cut off, and what it had sent is on its way, as after a kill.
 */
export async function startSimulatedNode({ config, clock, log, around = client => client, change }: NodeOptions): Promise<MortalNode> {
  let isAlive = true
  let armed: CrashOrder | null = null
  let node: Node | null = null
  let own: Client | null = null
  let end: (point: CrashPoint | null) => void = () => {}
  const ended = new Promise<CrashPoint | null>(resolve => (end = resolve))
  const die = (point: CrashPoint) => {
    isAlive = false
    void node?.stop()
    // A dead process holds no file; what was on its way to the disk when it died may still arrive there.
    void (node?.context.store.close() ?? Promise.resolve()).then(() => end(point))
  }
  const pass = async (point: CrashPoint): Promise<void> => {
    if (isAlive && armed?.point === point) {
      armed = { point, passes: armed.passes - 1 }
      if (armed.passes <= 0) die(point)
    }
    if (!isAlive) return never
  }
  const starting = startNode(config, {
    clock: { now: clock.now, offsetMs: () => clock.now() - Date.now() }, log, pass, quickBooksPerSecondMax: 1_000, largeFrom,
    around: client => {
      own = around(client)
      return gated(own, () => isAlive)
    },
  })
  node = await Promise.race([starting, ended.then(() => null)])
  // Whoever dies while it begins is let go of once it has begun.
  if (!isAlive) void starting.then(late => late.context.store.close())
  if (node && change) change(node.context)
  return {
    kind: 'simulated', ended,
    isAlive: () => isAlive,
    answer: async (request, env) => (node && isAlive ? Promise.race([node.app.fetch(request, env), ended.then(() => null)]) : null),
    arm: next => {
      armed = next
    },
    poke: () => node?.worker.poke(),
    look: async sql => (own ? (await own.execute(sql)).rows.map(row => ({ ...row })) : []),
    watch: async () => {
      for (const sql of watches) await own?.execute(sql)
    },
    copy: async path => {
      if (!own) return
      await beginCopy(own, path)
      await finishCopy(path, clock.now())
    },
    idle: async () => void (node && isAlive && (await Promise.race([node.worker.idle().catch(passOutOfReach), ended]))),
    stop: async () => {
      if (!isAlive) return
      await Promise.race([node?.stop(), ended])
      isAlive = false
      end(null)
    },
  }
}

/** A schedule's company is small: with this, its pages of documents and whatever is written together commit beside the thread, and single rows do not. */
const largeFrom = 2_000
const watches = [
  'create table if not exists sim_wrong_ends (id text, fence integer, was text)',
  `create trigger if not exists sim_wrong_end after update of state on outbox when new.state = 'done' and old.state <> 'leased' begin insert into sim_wrong_ends values (new.id, new.fence, old.state); end`,
]

/** Whoever looks for due effects may find the database out of reach; the next look finds them. */
function passOutOfReach(error: unknown): void {
  if (!(error instanceof TypeError)) throw error
}

const never = new Promise<never>(() => {})

/** A dead node's calls to the database never return. */
function gated(client: Client, isAlive: () => boolean): Client {
  const gate = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    if (!isAlive()) return never
    const result = await call(...args)
    return isAlive() ? result : never
  }
  const execute = gate(client.execute.bind(client))
  const batch = gate(client.batch.bind(client))
  return new Proxy(client, { get: (target, name) => (name === 'execute' ? execute : name === 'batch' ? batch : bound(target, name)) })
}

function bound(target: Client, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
}
