import { comeBack, isConnected } from './merchant.ts'
import type { Scene } from './scene.ts'

/** Long enough for every back-off, hold, watch, retry of a webhook and sweep to have had its turn. */
const passesMs = [2_000, 91_000, 17 * 60_000, 61 * 60_000, 61 * 60_000, 3 * 3_600_000, 6 * 3_600_000, 13 * 3_600_000, 25 * 3_600_000, 25 * 3_600_000] as const
/** The sweep comes every hour, and must have been there since the last change. */
const restsAfter = 5

/** All faults end, all nodes live, and time passes until everybody has done what they owe. */
export async function quiesce(scene: Scene): Promise<void> {
  const { ground, shops } = scene
  for (const { faults } of [ground.outside.quickbooks, ground.outside.stripe, ground.outside.mail]) faults.clear()
  ground.databaseFaults?.clear()
  for (let round = 0; round < passesMs.length; round++) {
    for (const node of ground.fleet.all()) node.arm(null)
    await ground.fleet.revive()
    await ground.pass(passesMs[round] ?? 0)
    await reconnect(scene)
    if (round + 1 >= restsAfter && (await isAtRest(scene, shops))) break
  }
  await ground.fleet.stop()
  await ground.closeDatabase()
}

/**
 * Tokens that Intuit gave and that were lost on their way, or with a process that died, may be lost for good: then only the
 * merchant can help. While everything that Intuit gave is stored, no connection may end.
 */
async function reconnect(scene: Scene): Promise<void> {
  const { ground, shops, diary } = scene
  const wereRefused = diary.filter(line => line.includes('unauthorized')).length > 1
  for (const { merchant, person } of shops) {
    if (await isConnected(ground, merchant)) continue
    const { grants } = (await (await fetch(`${ground.outside.quickbooks.url}/_emulator/state`)).json()) as { grants: { realmId?: string; renewals: number }[] }
    const [held] = await ground.rows(`select token_version version from connections where merchant_id = '${merchant.merchantId}'`)
    const given = Math.max(...grants.filter(grant => grant.realmId === merchant.realmId).map(grant => grant.renewals))
    await comeBack(ground, merchant, person)
    diary.push(wereRefused || given > Number(held?.['version']) - 1 ? 'the merchant connected again' : '!! a connection ended that nobody ended')
  }
}

/** Whether every payment has ended and every posting stands or waits for a person, as the merchant's console says. */
async function isAtRest(scene: Scene, shops: Scene['shops']): Promise<boolean> {
  for (const { merchant } of shops) {
    try {
      const { payments } = (await merchant.call('GET', '/v1/merchant/payments')) as { payments: { state: string; posting: { state: string } | null }[] }
      if (payments.some(row => ['reserved', 'needs_action', 'processing'].includes(row.state) || row.posting?.state === 'waiting')) return false
    } catch (error) {
      scene.diary.push(`the console did not answer: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }
  return true
}
