import { fieldsOf, partAt, refAt, textAt, type Fields } from './fields.ts'
import type { CompanySource, EntityName } from './generate.ts'

/** What is needed of the emulated QuickBooks' books. */
export type LoadableBooks = {
  createCompany(realmId: string, settings: { name: string; country: string; currency: string; timeZone: string }): void
  load(realmId: string, entity: EntityName, objects: Iterable<object>): number
  counts(realmId: string): Record<string, number>
}

/**
 * Opens a company under `realmId` and loads a source into it, object by object. Gives back how many of each entity.
 * `name` is used where the source has no CompanyInfo. Throws an Error where objects share an Id, and whatever the source throws.
 */
export function loadCompany(books: LoadableBooks, realmId: string, source: CompanySource, name = 'Sandbox Company'): Partial<Record<EntityName, number>> {
  const loaded: Partial<Record<EntityName, number>> = {}
  const own: { CompanyInfo?: Fields; Preferences?: Fields } = {}
  let opened = false
  const open = () => {
    if (opened) return
    opened = true
    books.createCompany(realmId, settingsOf(own.CompanyInfo ?? {}, own.Preferences ?? {}, name))
    for (const entity of ['CompanyInfo', 'Preferences'] as const) {
      const object = own[entity]
      if (object) loaded[entity] = books.load(realmId, entity, [object])
    }
  }
  for (const { entity, objects } of source) {
    // Both come first in every source, and both say what the company is.
    if (entity === 'CompanyInfo' || entity === 'Preferences') {
      for (const object of objects) own[entity] = fieldsOf(object)
      continue
    }
    open()
    loaded[entity] = (loaded[entity] ?? 0) + books.load(realmId, entity, objects)
  }
  open()
  refuseSharedIds(loaded, books.counts(realmId))
  return loaded
}

function settingsOf(info: Fields, preferences: Fields, name: string) {
  return {
    name: textAt(info, 'CompanyName') ?? name,
    country: textAt(info, 'Country') ?? 'US',
    currency: refAt(partAt(preferences, 'CurrencyPrefs'), 'HomeCurrency') ?? 'USD',
    timeZone: textAt(info, 'DefaultTimeZone') ?? 'America/Los_Angeles',
  }
}

function refuseSharedIds(loaded: Partial<Record<EntityName, number>>, kept: Record<string, number>): void {
  for (const [entity, count] of Object.entries(loaded)) {
    const lost = count - (kept[entity] ?? 0)
    if (lost > 0) throw new Error(`${entity}: ${lost} of ${count} objects have the Id of another.`)
  }
}
