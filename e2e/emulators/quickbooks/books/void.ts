import type { EntityName } from './entities.ts'
import { objectAt, objectsAt, textAt, type JsonObject } from './json.ts'

/** What is left of a voided transaction: every amount 0, and a note that says so. */
export function voided(entity: EntityName, standing: JsonObject): JsonObject {
  const note = textAt(standing, 'PrivateNote')
  const PrivateNote = note === undefined || note.startsWith('Voided') ? (note ?? 'Voided') : `Voided - ${note}`
  if (entity === 'Payment') return { ...standing, PrivateNote, TotalAmt: 0, UnappliedAmt: 0, Line: [] }
  return {
    ...standing,
    PrivateNote,
    Line: objectsAt(standing, 'Line').map(emptied),
    ...(standing['TxnTaxDetail'] === undefined ? {} : { TxnTaxDetail: { TotalTax: 0 } }),
    TotalAmt: 0,
    Balance: 0,
    ...(standing['Deposit'] === undefined ? {} : { Deposit: 0 }),
    ...(standing['HomeTotalAmt'] === undefined ? {} : { HomeTotalAmt: 0 }),
    ...(standing['HomeBalance'] === undefined ? {} : { HomeBalance: 0 }),
  }
}

function emptied(line: JsonObject): JsonObject {
  const detail = objectAt(line, 'SalesItemLineDetail')
  const group = objectAt(line, 'GroupLineDetail')
  return {
    ...line,
    ...(line['Amount'] === undefined ? {} : { Amount: 0 }),
    ...(detail['Qty'] === undefined ? {} : { SalesItemLineDetail: { ...detail, Qty: 0 } }),
    ...(group['Line'] === undefined ? {} : { GroupLineDetail: { ...group, Line: objectsAt(group, 'Line').map(emptied) } }),
  }
}
