import { z } from 'zod'

/**
 * What may go wrong on command.
 * - `lose-answer`: the call is carried out, then the connection breaks before the answer
 * - `refuse`: the connection breaks before anything is carried out
 * - `delay`: the call waits `ms` of machine time first, or until the faults are cleared; a caller who has hung up by then is not served
 * - `delay-answer`: the call is carried out, and its answer waits `ms` of machine time, or until the faults are cleared
 * - `throttle`: 429 in the vendor's own shape; nothing is carried out
 * - `html-500`: a proxy's HTML page with `status` (500 when absent); nothing is carried out
 * - `unauthorized`: 401 in the vendor's own shape; nothing is carried out
 * - `answer`: a given status and body; nothing is carried out
 * For deliveries (webhooks): `lose`, `duplicate`, `hold` (until the next delivery has gone, so the order turns round), `delay` (by `ms` of the emulator's clock), `forge`.
 */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** A regular expression on the path with its query. */
      path: z.string().optional(),
      /** A regular expression on the body, for calls that differ in nothing else. */
      body: z.string().optional(),
      /** The event's type, exactly, for faults of deliveries. */
      event: z.string().optional(),
    })
    .default({}),
  /** How many matching calls pass before the fault begins. */
  skip: z.number().int().min(0).default(0),
  /** How many matching calls it strikes. */
  times: z.number().int().min(1).default(1),
  kind: z.enum(['lose-answer', 'refuse', 'delay', 'delay-answer', 'throttle', 'html-500', 'unauthorized', 'answer', 'lose', 'duplicate', 'hold', 'forge']),
  ms: z.number().int().min(0).default(0),
  status: z.number().int().min(200).max(599).default(500),
  body: z.unknown().optional(),
})
export type Fault = z.output<typeof faultSchema>
export type FaultRequest = z.input<typeof faultSchema>

export type Call = { method: string; path: string; body?: string } | { event: string }

/** The faults that wait for their call. */
export type Faults = {
  queue(fault: FaultRequest): void
  /** The fault that strikes this call, if any; counts it as used. */
  take(call: Call): Fault | undefined
  waiting(): readonly Fault[]
  /** Resolves after `ms` of machine time, or when the faults are cleared. */
  pause(ms: number): Promise<void>
  /** Forgets the faults that wait, and lets go the calls that a delay holds. */
  clear(): void
}

export function createFaults(): Faults {
  let waiting: Fault[] = []
  const held = new Set<() => void>()
  return {
    queue: fault => {
      waiting.push(faultSchema.parse(fault))
    },
    take(call) {
      const fault = waiting.find(f => matches(f, call))
      if (!fault) return undefined
      if (fault.skip > 0) {
        fault.skip -= 1
        return undefined
      }
      fault.times -= 1
      if (fault.times === 0) waiting = waiting.filter(f => f !== fault)
      return fault
    },
    waiting: () => waiting,
    pause: ms =>
      new Promise(resolve => {
        const letGo = () => {
          clearTimeout(timer)
          held.delete(letGo)
          resolve()
        }
        const timer = setTimeout(letGo, ms)
        held.add(letGo)
      }),
    clear: () => {
      waiting = []
      for (const letGo of held) letGo()
    },
  }
}

const deliveryKinds: readonly Fault['kind'][] = ['lose', 'duplicate', 'hold', 'forge']

function matches(fault: Fault, call: Call): boolean {
  const forDelivery = fault.match.event !== undefined || deliveryKinds.includes(fault.kind)
  if ('event' in call) return forDelivery && (fault.match.event === undefined || fault.match.event === call.event)
  if (forDelivery) return false
  if (fault.match.method !== undefined && fault.match.method.toUpperCase() !== call.method) return false
  if (fault.match.body !== undefined && !new RegExp(fault.match.body).test(call.body ?? '')) return false
  return fault.match.path === undefined || new RegExp(fault.match.path).test(call.path)
}
