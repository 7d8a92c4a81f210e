import { comeBack, isConnected } from './merchant.ts'
import type { Scene } from './scene.ts'

/** Long enough for every back-off, hold, watch, retry of a webhook and sweep to have had its turn. */
const passesMs = [2_000, 91_000, 17 * 60_000, 61 * 60_000, 61 * 60_000, 3 * 3_600_000, 6 * 3_600_000, 13 * 3_600_000, 25 * 3_600_000, 25 * 3_600_000] as const
/** The sweep comes every hour, and must have been there since the last change. */
const restsAfter = 5

/** All faults end, all nodes live, and a merchant whose connection has ended connects again. */
export async function recover(scene: Scene): Promise<void> {
  endFaults(scene)
  await revive(scene)
  await reconnect(scene)
}

/** All faults end, all nodes live, and time passes until everybody has done what they owe. */
export async function quiesce(scene: Scene): Promise<void> {
  const { ground, shops } = scene
  endFaults(scene)
  for (let round = 0; round < passesMs.length; round++) {
    await revive(scene)
    await ground.pass(passesMs[round] ?? 0)
    await reconnect(scene)
    if (round + 1 >= restsAfter && (await isAtRest(scene, shops))) break
  }
  await ground.fleet.stop()
  await ground.closeDatabase()
}

function endFaults({ ground }: Scene): void {
  for (const { faults } of [ground.outside.quickbooks, ground.outside.stripe, ground.outside.mail]) faults.clear()
  ground.databaseFaults?.clear()
}

async function revive({ ground }: Scene): Promise<void> {
  for (const node of ground.fleet.all()) node.arm(null)
  await ground.fleet.revive()
}

/**
 * Tokens that Intuit gave and that were lost on their way, or with a process that died, may be lost for good: then only the
 * merchant can help. While everything that Intuit gave is stored, no connection may end.
 */
async function reconnect(scene: Scene): Promise<void> {
  const { ground, shops, diary } = scene
  const wereRefused = diary.filter(line => line.includes('unauthorized')).length > 1
  for (const shop of shops) {
    const { merchant, person } = shop
    if (await isConnected(ground, merchant)) continue
    const { grants } = (await (await fetch(`${ground.outside.quickbooks.url}/_emulator/state`)).json()) as { grants: { realmId?: string; renewals: number }[] }
    const given = grants.filter(grant => grant.realmId === merchant.realmId).at(-1)?.renewals ?? 0
    const stored = (await tokenVersion(ground, merchant)) - shop.tokenVersion
    await comeBack(ground, merchant, person)
    shop.tokenVersion = await tokenVersion(ground, merchant)
    diary.push(wereRefused || given > stored ? 'the merchant connected again' : '!! a connection ended that nobody ended')
  }
}

async function tokenVersion(ground: Scene['ground'], { merchantId }: { merchantId: string }): Promise<number> {
  const [held] = await ground.rows(`select token_version version from connections where merchant_id = '${merchantId}'`)
  return Number(held?.['version'])
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
