import { realmId, secondRealmId } from '../outside.ts'
import type { Person } from './merchant.ts'

/** Who may run a shop in a schedule. */
export const people: readonly Person[] = [
  { email: 'avery@alderandfinch.example', intuitUser: 'avery@alderandfinch.example', realmId },
  { email: 'casey@birchandlane.example', intuitUser: 'avery@alderandfinch.example', realmId: secondRealmId },
]
