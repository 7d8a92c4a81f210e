import type { Clock } from '../../kit/clock.ts'
import { entities, type EntityName } from './entities.ts'
import { textAt, type JsonObject } from './json.ts'
import { readsOf } from './reads.ts'
import { openRows, type Rows } from './rows.ts'
import { singleRows } from './starter.ts'
import { openTables } from './tables.ts'
import type { Change, Company } from './work.ts'
import { writesOf } from './writes.ts'

export type CompanySettings = { name: string; country?: string; currency?: string; timeZone?: string }
export type { Change, Company } from './work.ts'

/** Everything that the emulated QuickBooks holds, with its rules of bookkeeping. */
export type Books = ReturnType<typeof openBooks>

/** Opens the books on a file, or in memory without a path. One process at a time. */
export function openBooks(options: { path?: string; clock: Clock }) {
  const db = openTables(options.path)
  const rows = openRows(db)
  const listeners = new Set<(change: Change) => void>()
  const now = () => options.clock.now()
  const companyOf = (realmId: string): Company | undefined => {
    const found = rows.all('select body from company where realm = ?', realmId)[0]
    return found && (JSON.parse(String(found['body'])) as Company)
  }
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change)
  }
  return {
    ...companiesOf(rows, companyOf, now),
    ...readsOf(rows),
    ...writesOf(rows, { companyOf, now, tell }),
    /** Takes Intuit's own JSON objects as they are: ids, SyncTokens, times and balances included. Gives back how many. */
    load: (realmId: string, entity: EntityName, objects: Iterable<object>): number => load(rows, realmId, { entity, objects, nowMs: now() }),
    onChange(listener: (change: Change) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Back to what was loaded; costs as much as was changed since. */
    reset: (): void => rows.atomic(() => rows.reset()),
    close: (): void => db.close(),
  }
}

function companiesOf(rows: Rows, companyOf: (realmId: string) => Company | undefined, now: () => number) {
  return {
    company: companyOf,
    companies: (): Company[] => rows.all('select body from company order by realm').map(row => JSON.parse(String(row['body'])) as Company),
    /** Opens a company with its CompanyInfo and Preferences; a realm that is known already is left as it is. */
    createCompany(realmId: string, settings: CompanySettings): void {
      if (companyOf(realmId)) return
      const company: Company = { realmId, country: 'US', currency: 'USD', timeZone: 'America/Los_Angeles', status: 'active', closingPassword: false, ...settings }
      rows.run('insert into company values (?, ?, ?)', realmId, JSON.stringify(company), JSON.stringify(company))
      for (const [entity, object] of singleRows(company, now())) rows.load(realmId, entity, object, now())
      rows.raise(realmId, 'DocNumber', 1000, true)
    },
    /** Changes what the company is to the emulator, e.g. `{status: 'lapsed'}`; undone by `reset`. */
    setCompany(realmId: string, change: Partial<Omit<Company, 'realmId'>>): void {
      const company = companyOf(realmId)
      if (company) rows.run('update company set body = ? where realm = ?', JSON.stringify({ ...company, ...change }), realmId)
    },
  }
}

function load(rows: Rows, realmId: string, given: { entity: EntityName; objects: Iterable<object>; nowMs: number }): number {
  const { kind, ids } = entities[given.entity]
  let count = 0
  let highest = 0
  let highestNumber = 0
  rows.atomic(() => {
    for (const object of given.objects as Iterable<JsonObject>) {
      const row = kind === 'single' ? { ...object, Id: '1' } : object
      rows.load(realmId, given.entity, row, given.nowMs)
      count += 1
      highest = Math.max(highest, plainNumber(textAt(row, 'Id')))
      highestNumber = Math.max(highestNumber, plainNumber(textAt(row, 'DocNumber')))
    }
    rows.raise(realmId, ids, highest, true)
    if (highestNumber > 0) rows.raise(realmId, 'DocNumber', highestNumber, true)
  })
  return count
}

/** Counters follow ordinary ids and numbers; those of attachments and numbers with letters are left alone. */
function plainNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0
}
