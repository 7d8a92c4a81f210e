import type { Context } from '../context.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { QboAnswer, QboCredentials, QboObject } from '../ports.ts'
import { resultOfFailure } from '../sync/failure.ts'
import { dayMs } from '../sync/jobs.ts'
import { recordAt, refAt, textAt } from '../sync/read-object.ts'
import { callQuickBooks } from './credentials.ts'

export type Company = { name: string; country: string | null; homeCurrency: string | null; timeZone: string | null; preferences: Record<string, unknown> }

/** What the company is and how it has set up its books: two reads. */
export async function readCompany(ctx: Context, call: <T>(ask: (at: QboCredentials) => Promise<QboAnswer<T>>) => Promise<QboAnswer<T>>): Promise<QboAnswer<Company>> {
  const info = await call(at => ctx.accounting.read(at, 'CompanyInfo', at.realmId))
  if (!info.ok) return info
  const preferences = await call(at => ctx.accounting.read(at, 'Preferences', '1'))
  if (!preferences.ok) return preferences
  return { ...preferences, value: companyOf(info.value, preferences.value) }
}

/** Reads the company anew once a day, because a merchant changes settings in QuickBooks without telling us. */
export const readCompanyDaily = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const read = await readCompany(ctx, ask => callQuickBooks(ctx, job.merchantId, ask))
  if (!read.ok) return resultOfFailure(ctx, job.merchantId, read.failure)
  const merchant = ctx.store.merchant(job.merchantId)
  return { kind: 'again', afterMs: dayMs, writes: [merchant.connection.describe(read.value), merchant.self.rename(read.value.name)] }
}

function companyOf(info: QboObject, preferences: QboObject): Company {
  const zone = textAt(info, 'DefaultTimeZone')
  return {
    name: textAt(info, 'CompanyName') ?? textAt(info, 'LegalName') ?? 'QuickBooks company',
    country: textAt(info, 'Country'),
    homeCurrency: refAt(recordAt(preferences, 'CurrencyPrefs'), 'HomeCurrency') ?? 'USD',
    timeZone: zone !== null && isTimeZone(zone) ? zone : null,
    preferences,
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
