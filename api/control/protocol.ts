import { z } from 'zod'

/** What a command asks of the server that has the database open. */
export const wishSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('backup'), to: z.string().min(1) }),
  z.strictObject({ verb: z.literal('reconcile'), merchantId: z.string().nullable(), days: z.number().int().min(1).max(3_650) }),
])
export type Wish = z.output<typeof wishSchema>

const finding = z.object({ rule: z.string(), about: z.string(), text: z.string(), state: z.enum(['open', 'accepted', 'mended']) })
/** What the server says while it does it: a line of JSON each, the last of them `copied`, `reconciled` or `failed`. */
export const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begun'), bytes: z.number() }),
  z.object({ kind: z.literal('copied'), takenAt: z.number() }),
  z.object({ kind: z.literal('progress'), part: z.enum(['provider', 'quickbooks']), done: z.number(), total: z.number().nullable() }),
  z.object({ kind: z.literal('reconciled'), results: z.array(z.object({ merchantId: z.string(), problem: z.string().nullable(), findings: z.array(finding) })) }),
  z.object({ kind: z.literal('failed'), problem: z.string() }),
])
export type Said = z.output<typeof saidSchema>

/** Where the server that has this database file open listens for commands: beside it, where only its owner can speak to it. */
export function socketOf(databasePath: string): string {
  return `${databasePath}.control`
}
