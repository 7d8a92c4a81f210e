import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectionRow, SealedTokens } from '../../db/queries/connections.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { IntuitTokens, QboAnswer, QboCredentials, QboFailure, TokenOutcome } from '../ports.ts'

export type Grant =
  | { kind: 'granted'; at: QboCredentials }
  /** There is nothing to call with until the merchant connects again. */
  | { kind: 'ended'; state: 'none' | 'needs_reconnect' | 'disconnected' }
  /** Intuit could not be asked for new tokens; the connection lives, try later. */
  | { kind: 'unavailable'; reason: string }

/** A quarter of the hour that Intuit gives an access token: it is renewed after three quarters of its life. */
const renewBeforeMs = 15 * 60_000
/** Longer than three calls to Intuit with their time-out. */
const leaseMs = 90_000
const waitMs = 150
const waitsMax = 600

const words = 'QuickBooks no longer accepts this connection. Connect again to go on: your customers, invoices and settings are kept.'

/**
 * What to call QuickBooks with. Renews the tokens where they are three quarters old, or where QuickBooks refused `rejected`.
 * However many ask at once, in however many processes, Intuit is asked once: in this process by one promise, between processes by a lease.
 */
export async function accessOf(ctx: Context, merchantId: MerchantId, rejected: string | null = null): Promise<Grant> {
  const row = await ctx.store.merchant(merchantId).connection.find()
  const usable = usableGrant(ctx, row, rejected, renewBeforeMs)
  if (usable) return usable
  const underWay = renewalsOf(ctx)
  const running = underWay.get(merchantId)
  if (running) return running
  const renewal = renew(ctx, merchantId, rejected).finally(() => underWay.delete(merchantId))
  underWay.set(merchantId, renewal)
  return renewal
}

/**
 * Calls QuickBooks for a merchant: with its tokens, once more with fresh ones where QuickBooks refused them, and with the
 * connection marked as needing the merchant where QuickBooks refuses even those.
 */
export async function callQuickBooks<T>(ctx: Context, merchantId: MerchantId, call: (at: QboCredentials) => Promise<QboAnswer<T>>): Promise<QboAnswer<T>> {
  const first = await accessOf(ctx, merchantId)
  if (first.kind !== 'granted') return { ok: false, failure: failureOf(first) }
  await ctx.pass('Q2')
  const answer = await call(first.at)
  if (answer.ok || answer.failure.class !== 'auth') return answer
  if (answer.failure.status !== 401) {
    await giveUp(ctx, merchantId)
    return answer
  }
  const second = await accessOf(ctx, merchantId, first.at.accessToken)
  if (second.kind !== 'granted') return { ok: false, failure: failureOf(second) }
  const repeated = await call(second.at)
  if (!repeated.ok && repeated.failure.class === 'auth') await giveUp(ctx, merchantId)
  return repeated
}

/** The pair of tokens as it is stored, each sealed and bound to its place. */
export function sealTokens(ctx: Context, merchantId: MerchantId, tokens: IntuitTokens): SealedTokens {
  return {
    sealedAccess: ctx.vault.seal(tokens.accessToken, placeOf(merchantId, 'access')),
    sealedRefresh: ctx.vault.seal(tokens.refreshToken, placeOf(merchantId, 'refresh')),
    accessExpiresAt: tokens.accessExpiresAt,
    refreshExpiresAt: tokens.refreshExpiresAt,
    hardExpiresAt: tokens.refreshHardExpiresAt,
  }
}

/** The refresh token of a connection, to be revoked at Intuit; null where there is none any more. */
export function refreshTokenOf(ctx: Context, row: ConnectionRow): string | null {
  return row.sealedRefresh === null ? null : ctx.vault.open(row.sealedRefresh, placeOf(row.merchantId, 'refresh'))
}

const renewals = new WeakMap<object, Map<MerchantId, Promise<Grant>>>()

function renewalsOf(ctx: Context): Map<MerchantId, Promise<Grant>> {
  const known = renewals.get(ctx.store) ?? new Map<MerchantId, Promise<Grant>>()
  renewals.set(ctx.store, known)
  return known
}

/** What a token of the grant is bound to. */
export function placeOf(merchantId: MerchantId, what: 'access' | 'refresh'): string {
  return `connections|${merchantId}|${what}`
}

/** The grant as stored where it can be called with; null where it must be renewed first. */
function usableGrant(ctx: Context, row: ConnectionRow | null, rejected: string | null, beforeMs: number): Grant | null {
  if (!row) return { kind: 'ended', state: 'none' }
  if (row.state !== 'connected') return { kind: 'ended', state: row.state }
  if (row.sealedAccess === null || row.accessExpiresAt === null || row.accessExpiresAt - beforeMs <= ctx.clock.now()) return null
  const accessToken = ctx.vault.open(row.sealedAccess, placeOf(row.merchantId, 'access'))
  return accessToken === rejected ? null : { kind: 'granted', at: { realmId: row.realmId, accessToken, latin1: row.country === 'US' || row.country === 'USA' } }
}

async function renew(ctx: Context, merchantId: MerchantId, rejected: string | null): Promise<Grant> {
  const { connection } = ctx.store.merchant(merchantId)
  const owner = randomUUID()
  for (let i = 0; i < waitsMax; i++) {
    const row = await connection.find()
    const usable = usableGrant(ctx, row, rejected, renewBeforeMs)
    if (usable || !row) return usable ?? { kind: 'ended', state: 'none' }
    const lease = await ctx.store.commit(connection.leaseTokens(owner, row.tokenVersion, leaseMs))
    if (lease.kind === 'committed') return renewUnderLease(ctx, row, owner, rejected)
    await wait(waitMs)
  }
  return { kind: 'unavailable', reason: 'another process holds the right to renew the tokens' }
}

async function renewUnderLease(ctx: Context, row: ConnectionRow, owner: string, rejected: string | null): Promise<Grant> {
  const { connection } = ctx.store.merchant(row.merchantId)
  await ctx.pass('T1')
  const outcome = await askIntuit(ctx, row)
  switch (outcome.kind) {
    case 'granted':
      await ctx.pass('T3')
      // Stored before it is used: Intuit may already have ended the former pair.
      await ctx.store.commit(connection.storeTokens(owner, row.tokenVersion, sealTokens(ctx, row.merchantId, outcome.tokens)))
      await ctx.pass('T4')
      return usableGrant(ctx, await connection.find(), null, 0) ?? { kind: 'unavailable', reason: 'the new tokens could not be stored' }
    case 'refused': {
      const now = await connection.find()
      if (now && now.tokenVersion !== row.tokenVersion) return usableGrant(ctx, now, rejected, 0) ?? { kind: 'unavailable', reason: 'the tokens moved on while they were renewed' }
      ctx.log.error({ merchant: row.merchantId, realm: row.realmId, error: outcome.error, intuitTid: outcome.intuitTid }, 'Intuit refused to renew the tokens')
      if (outcome.error === 'invalid_grant') {
        await ctx.store.commit(connection.needReconnect(row.tokenVersion, words), tellConsole(ctx, row.merchantId))
        return { kind: 'ended', state: 'needs_reconnect' }
      }
      await ctx.store.commit(connection.releaseLease(owner))
      return { kind: 'unavailable', reason: `Intuit refused: ${outcome.error}` }
    }
    case 'unknown':
      ctx.log.warn({ merchant: row.merchantId, realm: row.realmId, reason: outcome.reason }, 'nobody knows whether Intuit renewed the tokens')
      await ctx.store.commit(connection.releaseLease(owner))
      // The token in hand is good until it expires.
      return usableGrant(ctx, row, rejected, 0) ?? { kind: 'unavailable', reason: outcome.reason }
  }
}

/**
 * Asks with the token in hand; after an answer that got lost, with the same token once more, because Intuit may still take it,
 * and after that with the one before it. A network error never ends a connection.
 */
async function askIntuit(ctx: Context, row: ConnectionRow): Promise<TokenOutcome> {
  const open = (sealed: string) => ctx.vault.open(sealed, placeOf(row.merchantId, 'refresh'))
  if (row.sealedRefresh === null) return { kind: 'refused', error: 'invalid_grant', intuitTid: null }
  const ask = (sealed: string) => ctx.intuit.refresh({ refreshToken: open(sealed), now: ctx.clock.now() })
  const first = await ask(row.sealedRefresh)
  if (first.kind !== 'unknown') return first
  const second = await ask(row.sealedRefresh)
  if (second.kind !== 'refused' || second.error !== 'invalid_grant' || row.sealedPrevious === null) return second
  const third = await ask(row.sealedPrevious)
  return third.kind === 'granted' ? third : second
}

/** QuickBooks refuses even fresh tokens: an administrator removed the app, or the permission is gone. */
async function giveUp(ctx: Context, merchantId: MerchantId): Promise<void> {
  const { connection } = ctx.store.merchant(merchantId)
  const row = await connection.find()
  if (row) await ctx.store.commit(connection.needReconnect(row.tokenVersion, words), tellConsole(ctx, merchantId))
}

function tellConsole(ctx: Context, merchantId: MerchantId) {
  return ctx.store.merchant(merchantId).changes.tell({ customerId: '', invoiceId: null, kind: 'connection', now: ctx.clock.now() })
}

function failureOf(grant: Exclude<Grant, { kind: 'granted' }>): QboFailure {
  const base = { code: '', detail: '', status: 0, intuitTid: null, retryAfterMs: null }
  return grant.kind === 'unavailable'
    ? { ...base, class: 'transient', message: grant.reason }
    : { ...base, class: 'auth', message: grant.state === 'none' ? 'no QuickBooks company is connected' : 'the QuickBooks company must be connected again' }
}
