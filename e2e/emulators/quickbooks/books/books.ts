import type { Clock } from '../../kit/clock.ts'
import { entities, entityNames, type EntityName } from './entities.ts'
import { textAt, type JsonObject } from './json.ts'
import { mergeCustomers } from './merge.ts'
import { nameJoiner } from './references.ts'
import { refuse } from './refusal.ts'
import { openRows } from './rows.ts'
import { countOf, pageOf, type Selection } from './select.ts'
import { send } from './send.ts'
import { singleRows } from './starter.ts'
import { openTables } from './tables.ts'
import { beginWork, type Change, type Company, type Work } from './work.ts'
import { write, type Order } from './write.ts'

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
  const working = <T>(realmId: string, carryOut: (work: Work) => T): T => {
    const company = companyOf(realmId)
    if (!company) throw refuse.notFound()
    const work = beginWork(rows, company, now())
    const done = rows.atomic(() => carryOut(work))
    for (const change of work.changes) for (const listener of listeners) listener(change)
    return done
  }
  const joined = (realmId: string, entity: EntityName, found: Record<string, unknown>[]): JsonObject[] => {
    const join = nameJoiner(rows, realmId)
    return found.map(row => join(entity, JSON.parse(String(row['body'])) as JsonObject))
  }
  const page = (realmId: string, selection: Selection): JsonObject[] => {
    const statement = pageOf(realmId, selection, entities[selection.entity].kind !== 'list')
    return joined(realmId, selection.entity, rows.all(statement.sql, ...statement.values))
  }

  return {
    /** Opens a company with its CompanyInfo and Preferences; a realm that is known already is left as it is. */
    createCompany(realmId: string, settings: CompanySettings): void {
      if (companyOf(realmId)) return
      const company: Company = { realmId, country: 'US', currency: 'USD', timeZone: 'America/Los_Angeles', status: 'active', closingPassword: false, ...settings }
      rows.run('insert into company values (?, ?, ?)', realmId, JSON.stringify(company), JSON.stringify(company))
      for (const [entity, object] of singleRows(company, now())) rows.load(realmId, entity, object, now())
      rows.raise(realmId, 'DocNumber', 1000, true)
    },
    company: companyOf,
    companies: (): Company[] => rows.all('select body from company order by realm').map(row => JSON.parse(String(row['body'])) as Company),
    /** Changes what the company is to the emulator, e.g. `{status: 'lapsed'}`; undone by `reset`. */
    setCompany(realmId: string, change: Partial<Omit<Company, 'realmId'>>): void {
      const company = companyOf(realmId)
      if (company) rows.run('update company set body = ? where realm = ?', JSON.stringify({ ...company, ...change }), realmId)
    },
    /** Takes Intuit's own JSON objects as they are: ids, SyncTokens, times and balances included. Gives back how many. */
    load(realmId: string, entity: EntityName, objects: Iterable<object>): number {
      let count = 0
      let highest = 0
      let highestNumber = 0
      rows.atomic(() => {
        for (const object of objects as Iterable<JsonObject>) {
          const row = entities[entity].kind === 'single' ? { ...object, Id: '1' } : object
          rows.load(realmId, entity, row, now())
          count += 1
          highest = Math.max(highest, plainNumber(textAt(row, 'Id')))
          highestNumber = Math.max(highestNumber, plainNumber(textAt(row, 'DocNumber')))
        }
        rows.raise(realmId, entities[entity].ids, highest, true)
        if (highestNumber > 0) rows.raise(realmId, 'DocNumber', highestNumber, true)
      })
      return count
    },
    /** The object as the API shows it. */
    read(realmId: string, entity: EntityName, id: string): JsonObject | undefined {
      return joined(realmId, entity, rows.all('select body from row where realm = ? and entity = ? and id = ?', realmId, entity, id))[0]
    },
    /** Every object of an entity, oldest id first, one at a time. */
    *list(realmId: string, entity: EntityName): Generator<JsonObject> {
      const join = nameJoiner(rows, realmId)
      for (const row of rows.iterate('select body from row where realm = ? and entity = ? order by seq', realmId, entity)) yield join(entity, JSON.parse(String(row['body'])) as JsonObject)
    },
    counts: (realmId: string): Record<string, number> =>
      Object.fromEntries(entityNames.map(entity => [entity, Number(rows.all('select count(*) as total from row where realm = ? and entity = ?', realmId, entity)[0]?.['total'])])),
    page,
    total(realmId: string, selection: Selection): number {
      const statement = countOf(realmId, selection)
      return Number(rows.all(statement.sql, ...statement.values)[0]?.['total'])
    },
    /** What changed at or after an instant, oldest first, and the ids of what was deleted since. */
    changes(realmId: string, entity: EntityName, sinceMs: number, limit: number): { objects: JsonObject[]; gone: { id: string; at: number }[] } {
      const found = rows.all('select body from row where realm = ? and entity = ? and updated >= ? order by updated, seq limit ?', realmId, entity, sinceMs, limit)
      const gone = rows.all('select id, at from gone where realm = ? and entity = ? and at >= ? order by at limit ?', realmId, entity, sinceMs, Math.max(0, limit - found.length))
      return { objects: joined(realmId, entity, found), gone: gone.map(row => ({ id: String(row['id']), at: Number(row['at']) })) }
    },
    /** One write by the API or by a person; throws a Refusal. */
    write(realmId: string, order: Order): JsonObject {
      const done = working(realmId, work => write(work, order))
      return nameJoiner(rows, realmId)(order.entity, done)
    },
    send(realmId: string, entity: EntityName, id: string, sendTo: string | undefined): JsonObject {
      return nameJoiner(rows, realmId)(entity, working(realmId, work => send(work, entity, id, sendTo)))
    },
    /** E-mails sent by a company on the Pacific calendar day of `day`. */
    sentOn: (realmId: string, day: string): number => Number(rows.all('select count(*) as total from sent where realm = ? and day = ?', realmId, day)[0]?.['total']),
    merge: (realmId: string, keepId: string, goneId: string): JsonObject => working(realmId, work => mergeCustomers(work, keepId, goneId)),
    /** The answer that was given to a `requestid` before, if any. */
    replayed(realmId: string, key: string): { body: unknown } | undefined {
      const found = rows.all('select body from replay where realm = ? and key = ?', realmId, key)[0]
      return found && { body: JSON.parse(String(found['body'])) as unknown }
    },
    remember: (realmId: string, key: string, body: object): void => rows.run('insert or ignore into replay values (?, ?, ?, ?)', realmId, key, now(), JSON.stringify(body)),
    keepFile: (realmId: string, id: string, content: Uint8Array): void => rows.run('insert or replace into file values (?, ?, ?)', realmId, id, content),
    file(realmId: string, id: string): Uint8Array<ArrayBuffer> | undefined {
      const content = rows.all('select content from file where realm = ? and id = ?', realmId, id)[0]?.['content']
      return content instanceof Uint8Array ? new Uint8Array(content) : undefined
    },
    onChange(listener: (change: Change) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Back to what was loaded; costs as much as was changed since. */
    reset: (): void => rows.atomic(() => rows.reset()),
    close: (): void => db.close(),
  }
}

/** Counters follow ordinary ids and numbers; those of attachments and numbers with letters are left alone. */
function plainNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0
}
