import type { Fields } from '../flows/payer.ts'
import { checkLeaks, checkSecrets } from './check-leaks.ts'
import { checkMoney } from './check-money.ts'
import { checkRest } from './check-rest.ts'
import type { Scene } from './scene.ts'

/** What is so when everything has come to rest, read from the outside systems and the database, never through the product. */
export async function checkAll(scene: Scene): Promise<{ violations: string[]; charges: number }> {
  const stripe = (await (await fetch(`${scene.ground.outside.stripe.url}/_emulator/state`)).json()) as { payment_intents: Fields[] }
  const forged = scene.diary.filter(line => line.startsWith('!!'))
  const violations = [...forged, ...checkMoney(scene, stripe.payment_intents), ...checkRest(scene), ...checkLeaks(scene), ...checkSecrets(scene)]
  return { violations, charges: stripe.payment_intents.filter(intent => intent['status'] === 'succeeded').length }
}
