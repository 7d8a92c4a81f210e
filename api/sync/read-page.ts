import type { Currency } from '../domain/money.ts'
import type { QboEntity, QboObject } from '../ports.ts'
import { type Gone, type Incoming, readObjects } from './incoming.ts'

/** A page as rows of ours, and the ids of all that was on it. */
export type Page = { ids: string[]; incoming: Incoming }

/** Reads objects of one entity, in a company of this currency. */
export function readPage(entity: QboEntity, objects: readonly QboObject[], home: Currency, gone: readonly Gone[] = []): Page {
  return { ids: objects.map(object => object.Id), incoming: readObjects([{ entity, objects }], home, gone) }
}
