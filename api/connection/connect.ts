import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { type ConnectProblem, connectProblemText } from '../domain/connect-problem.ts'
import { newToken } from '../ids.ts'
import type { IntuitTokens, QboAnswer, QboCredentials } from '../ports.ts'
import { importWrites } from '../sync/imports.ts'
import { laneOf, wakeRecurring } from '../sync/jobs.ts'
import { type Company, readCompany } from './company.ts'
import { sealTokens } from './credentials.ts'

/** What we ask for: the books, and who the person is, so that they may sign in with Intuit later. */
const scopes = ['com.intuit.quickbooks.accounting', 'openid', 'profile', 'email'] as const
const stateLifeMs = 10 * 60_000

export type Asker = { merchantId: MerchantId; sessionHash: string }
export type Callback = { code: string | null; realmId: string | null; error: string | null }
export type ConnectOutcome = { kind: 'connected'; realmId: string } | { kind: 'problem'; problem: ConnectProblem }

/** The address at Intuit where the merchant consents. The state in it is good once, for ten minutes, and for this console session alone. */
export const beginConnect = (ctx: Context) => async (asker: Asker): Promise<string> => {
  const state = newToken('qst')
  const expiresAt = ctx.clock.now() + stateLifeMs
  await ctx.store.commit(ctx.store.control.connections.rememberState({ stateHash: ctx.vault.hash(state), purpose: 'connect', sessionHash: asker.sessionHash, merchantId: asker.merchantId, expiresAt }))
  return ctx.intuit.authorizeUrl({ state, scopes, redirectUri: ctx.config.intuit.redirectUri })
}

/** Finishes a connection for the merchant whose state came back; the state was taken by the caller. */
export const finishConnect = (ctx: Context) => async (merchantId: MerchantId, callback: Callback): Promise<ConnectOutcome> => {
  const outcome = await connect(ctx, merchantId, callback)
  if (outcome.kind === 'problem') {
    ctx.log.warn({ merchant: merchantId, problem: outcome.problem }, 'a company was not connected')
    const { connection, changes } = ctx.store.merchant(merchantId)
    await ctx.store.commit(connection.notice(connectProblemText(outcome.problem)), changes.tell({ customerId: '', invoiceId: null, kind: 'connection', now: ctx.clock.now() }))
  }
  return outcome
}

async function connect(ctx: Context, merchantId: MerchantId, { code, realmId, error }: Callback): Promise<ConnectOutcome> {
  if (error !== null) return refuse(error === 'access_denied' ? 'access-denied' : 'unknown')
  if (code === null) return refuse('unknown')
  const exchanged = await ctx.intuit.exchange({ code, redirectUri: ctx.config.intuit.redirectUri, now: ctx.clock.now() })
  if (exchanged.kind !== 'granted') return refuse('unknown')
  const { tokens } = exchanged
  // A grant without the books names no company.
  if (realmId === null) return revoked(ctx, tokens, 'missing-permission')
  const holder = await ctx.store.control.connections.byRealm(realmId)
  // Revoking here would end the other merchant's connection, so these tokens are merely dropped.
  if (holder && holder.merchantId !== merchantId) return refuse('company-taken')
  const merchant = ctx.store.merchant(merchantId)
  const before = await merchant.connection.find()
  const isEmpty = await merchant.mirror.isEmpty()
  if (before && before.realmId !== realmId && !isEmpty) return revoked(ctx, tokens, 'other-company')
  const at: QboCredentials = { realmId, accessToken: tokens.accessToken }
  const company = await readCompany(ctx, <T>(ask: (credentials: QboCredentials) => Promise<QboAnswer<T>>) => ask(at))
  if (!company.ok && company.failure.class === 'auth') return revoked(ctx, tokens, 'missing-permission')
  await ctx.pass('K1')
  await store(ctx, merchantId, { realmId, tokens, company: company.ok ? company.value : null, isEmpty })
  await ctx.pass('K2')
  return { kind: 'connected', realmId }
}

/** Tokens, company and what follows from them in one batch: the first load, or everything since last time where the mirror is kept. */
async function store(ctx: Context, merchantId: MerchantId, grant: { realmId: string; tokens: IntuitTokens; company: Company | null; isEmpty: boolean }): Promise<void> {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const { realmId, company } = grant
  const writes = [
    ...merchant.connection.connect({ realmId, scopes: scopes.join(' '), tokens: sealTokens(ctx, merchantId, grant.tokens), now }),
    ...(company ? [merchant.connection.describe(company), merchant.self.rename(company.name)] : []),
    ...merchant.outbox.releaseLane(laneOf(realmId)),
    ...(grant.isEmpty ? [] : wakeRecurring(ctx, merchantId, realmId)),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'connection', now }),
  ]
  const load = await importWrites(ctx, merchantId, grant.isEmpty ? 'first_load' : 'since_last', { realmId, timeZone: company?.timeZone ?? null })
  const outcome = await ctx.store.commit(writes, load)
  // A run is under way already: it goes on with the new tokens.
  if (outcome.kind === 'refused') await mustCommit(ctx, writes)
  ctx.log.info({ merchant: merchantId, realm: realmId }, 'a QuickBooks company was connected')
}

async function mustCommit(ctx: Context, writes: Parameters<Context['store']['commit']>[0]): Promise<void> {
  const outcome = await ctx.store.commit(writes)
  if (outcome.kind === 'refused') throw new Error(`a connection could not be stored: ${outcome.rule}`)
}

/** Gives back what was granted, so that nothing of it is left at Intuit. */
async function revoked(ctx: Context, tokens: IntuitTokens, problem: ConnectProblem): Promise<ConnectOutcome> {
  const outcome = await ctx.intuit.revoke(tokens.refreshToken)
  if (outcome.kind !== 'revoked') ctx.log.warn({ outcome: outcome.kind }, 'Intuit did not confirm that an unused grant was revoked')
  return refuse(problem)
}

function refuse(problem: ConnectProblem): ConnectOutcome {
  return { kind: 'problem', problem }
}
