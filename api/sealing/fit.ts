import type { Store } from '../../db/store.ts'
import type { Config } from '../config.ts'
import { placeOf } from '../connection/credentials.ts'
import type { Vault } from '../vault.ts'

/** One row may be damaged; a key that opens none of so many is another one. */
const lookedAt = 5

/**
 * Looks at the start whether the keys of the settings are those of the database. Throws an Error that says what to do where a key
 * has the name under which grants were sealed and opens none of them: every call to QuickBooks would fail, one after another.
 * A key that is missing altogether is not refused: whoever lost it goes on, and the merchants connect again.
 */
export async function mustFitKeys({ sealingKeys }: Config, store: Store, vault: Vault): Promise<void> {
  for (const { name } of sealingKeys) {
    const texts = await store.control.sealed.under('refresh', name, lookedAt)
    const opens = ({ merchantId, sealed }: (typeof texts)[number]): boolean => {
      try {
        vault.open(sealed, placeOf(merchantId, 'refresh'))
        return true
      } catch {
        return false
      }
    }
    if (texts.length > 0 && !texts.some(opens))
      throw new Error(`SEALING_KEYS holds a key named ${JSON.stringify(name)} that is not the one this database was sealed with. Put back the key that had this name. If it is lost, give the new key another name: merchants then connect QuickBooks again.`)
  }
}
