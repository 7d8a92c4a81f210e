import type { EntityName } from './entities.ts'
import { objectAt, objectsAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import type { Work } from './work.ts'

/**
 * The DocNumber a sales form gets. With CustomTxnNumbers the caller gives it, none stays none, and one that is in use is refused
 * with 6140; otherwise QuickBooks counts up over all sales forms.
 */
export function numberOf(work: Work, entity: EntityName, draft: JsonObject, standing: JsonObject | undefined, allowDuplicate: boolean): string | undefined {
  const asked = textAt(draft, 'DocNumber')
  const before = standing && textAt(standing, 'DocNumber')
  const custom = objectAt(work.preferences, 'SalesFormsPrefs')['CustomTxnNumbers'] === true
  if (asked !== undefined) {
    if (custom && asked !== before && !allowDuplicate && warnsOfDuplicates(work)) refuseDuplicate(work, entity, asked, textAt(draft, 'Id'))
    keepAbove(work, asked)
    return asked
  }
  if (custom) return undefined
  return before ?? String(work.rows.nextId(work.realm, 'DocNumber'))
}

function warnsOfDuplicates(work: Work): boolean {
  const setting = objectsAt(objectAt(work.preferences, 'OtherPrefs'), 'NameValue').find(each => each['Name'] === 'WarnDuplicateInvoiceNumber')
  return setting?.['Value'] !== 'false'
}

function refuseDuplicate(work: Work, entity: EntityName, number: string, ownId: string | undefined): void {
  const holder = work.rows
    .all('select id from row where realm = ? and entity = ? and doc = ?', work.realm, entity, number)
    .map(row => String(row['id']))
    .find(id => id !== ownId)
  if (holder !== undefined) throw refuse.duplicateNumber(number, entity, holder)
}

function keepAbove(work: Work, number: string): void {
  if (/^\d{1,9}$/.test(number)) work.rows.raise(work.realm, 'DocNumber', Number(number), false)
}
