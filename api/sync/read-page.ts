import type { Currency } from '../domain/money.ts'
import type { QboEntity, QboRead } from '../ports.ts'
import { fromQuery, objectsAt } from '../qbo/answer.ts'
import { type Incoming, readObjects } from './incoming.ts'

export type PageOrder = { entity: QboEntity; home: Currency }
/** A page as rows of ours, and the ids of all that was on it. */
export type Page = { ids: string[]; incoming: Incoming }

/** Reads the bytes of a page of one entity, in a company of this currency. */
export function readPage(bytes: Uint8Array, { entity, home }: PageOrder): QboRead<Page> {
  const { fault, value } = fromQuery(response => objectsAt(response, entity))(bytes)
  return { fault, value: value && { ids: value.map(object => object.Id), incoming: readObjects([{ entity, objects: value }], home) } }
}
