import type { ImportView } from '../../api/domain/console-views.ts'
import { type Caller, callerOf, connectQuickBooks, signInToConsole } from '../merchant.ts'
import type { CrashOrder } from './node.ts'
import type { Ground } from './ground.ts'

export type Person = { email: string; intuitUser: string; realmId: string }
export type SimMerchant = { realmId: string; merchantId: string; apiKey: string; cookie: string; call: Caller }

const triesMax = 8
const complaintsMax = 20

/** Whether the console says that QuickBooks is connected. */
export async function isConnected(ground: Ground, { call }: SimMerchant): Promise<boolean> {
  const view = await persist(ground, async () => (await call('GET', '/v1/merchant')) as { connection: { state: string } | null })
  return view.connection?.state === 'connected'
}

/** A merchant who is told that QuickBooks no longer accepts the connection connects again. */
export async function comeBack(ground: Ground, { realmId }: SimMerchant, who: Person): Promise<void> {
  const { apiUrl, outside } = ground
  const cookie = await persist(ground, () => signInToConsole({ apiUrl, mailUrl: outside.mail.url, email: who.email }))
  await persist(ground, () => connectQuickBooks({ apiUrl, mailUrl: outside.mail.url, email: who.email, intuitUser: who.intuitUser, realmId }, cookie))
}

/** A merchant signs in, connects a company and waits until it is loaded, and begins again where something died meanwhile. */
export async function comeIn(ground: Ground, who: Person, order: CrashOrder | null): Promise<SimMerchant> {
  const { apiUrl, outside } = ground
  const cookie = await signInToConsole({ apiUrl, mailUrl: outside.mail.url, email: who.email })
  const call = callerOf(apiUrl, cookie)
  for (const node of ground.fleet.all()) node.arm(order)
  const connected = async () => ((await call('GET', '/v1/merchant')) as { connection: { state: string } | null }).connection?.state === 'connected'
  await persist(ground, async () => {
    if (!(await connected())) await connectQuickBooks({ apiUrl, mailUrl: outside.mail.url, email: who.email, intuitUser: who.intuitUser, realmId: who.realmId }, cookie)
  })
  await persist(ground, async () => {
    const { import: run } = (await call('GET', '/v1/merchant')) as { import: ImportView | null }
    if (run?.state !== 'done') throw new Error(`the first load is ${run?.state ?? 'not begun'}: ${run?.problem ?? ''}`)
  })
  const created = await persist(ground, async () => (await call('POST', '/v1/merchant/api-keys', { name: 'Our web site' })) as { key: string })
  const view = await persist(ground, async () => (await call('GET', '/v1/merchant')) as { merchant: { id: string } })
  return { realmId: who.realmId, merchantId: view.merchant.id, apiKey: created.key, cookie, call }
}

/** Tries again as a person does: at once, and after a while where it still does not go. */
async function persist<T>(ground: Ground, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    await ground.settle()
    try {
      return await act()
    } catch (error) {
      if (tries === triesMax) throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await whatIsLeft(ground)}`, { cause: error })
      await ground.fleet.revive()
      if (tries > 1) await ground.pass(tries > 3 ? 91_000 : 5_000)
    }
  }
}

/** What is owed and what the nodes complained of last, for whoever reads why it did not go on. */
async function whatIsLeft(ground: Ground): Promise<string> {
  const now = ground.clock.now()
  const owed = await ground.rows(`select kind, state, attempts, run_at - ${now} dueInMs, lease_until - ${now} leasedForMs, problem from outbox where state <> 'done'`)
  const complaints = ground.said.filter(line => /"level":[456]0/.test(line)).slice(-complaintsMax)
  return [...owed.map(row => JSON.stringify(row)), ...complaints].join('\n')
}
