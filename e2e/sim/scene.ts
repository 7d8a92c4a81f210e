import type { Ground } from './ground.ts'
import { type SimDesk, deskAt } from './desk.ts'
import { type Person, type SimMerchant, comeIn } from './merchant.ts'
import type { CrashOrder } from './node.ts'
import { type Payers, type SimCustomer, payersOn } from './payers.ts'
import { demoCustomer, secondCustomer } from '../company/demo.ts'
import { callerOf } from '../merchant.ts'
import type { Beginning } from './beginning.ts'
import { people } from './people.ts'

/** Everybody who acts in a schedule. */
export type Scene = { ground: Ground; payers: Payers; shops: { person: Person; merchant: SimMerchant; desk: SimDesk; customers: SimCustomer[]; /** The support address as the merchant last chose it, null for none yet, and what came to no answer since. */ choices: (string | null)[]; /** The version of the tokens with which the merchant last connected. */ tokenVersion: number }[]; /** What was done, for whoever reads a failing schedule. */ diary: string[]; /** The newest copy of the database, if one was made. */ backup: string | null; /** Whether an old copy took the database’s place: what was written since is gone. */ restored: boolean }

export async function openScene(ground: Ground, companies: 1 | 2, beginning: Beginning | null, order: CrashOrder | null): Promise<Scene> {
  const shops: Scene['shops'] = []
  for (const [i, person] of people.slice(0, companies).entries()) {
    const known = beginning?.merchants[i]
    const merchant: SimMerchant = known ? { ...known, call: callerOf(ground.apiUrl, known.cookie) } : await comeIn(ground, person, i === 0 ? order : null)
    const desk = deskAt(ground, person.realmId)
    shops.push({ person, merchant, desk, customers: [demoCustomer, secondCustomer].map(customer => ({ merchant, quickBooksId: customer.id })), choices: [null], tokenVersion: 1 })
  }
  return { ground, payers: payersOn(ground), shops, diary: [], backup: null, restored: false }
}
