/** Objects as JSON texts, cut wherever an id stands, so that a copy under other ids is put together by joining. */
export type Tape = { objects: (string | number)[][] }

/** Ids of one copy stay below this. */
const idsPerCopy = 1_000_000
/** Fields that name a customer or a document; lists keep their ids in every copy. */
const named = new Set(['CustomerRef', 'ParentRef'])

/** Adds objects of one entity to a tape. */
export function recordTape(objects: Iterable<object>, tape: Tape = { objects: [] }): Tape {
  for (const object of objects) tape.objects.push(cut(object))
  return tape
}

/** The objects from one place to another, as if the tape went on for ever: each time round it is another company's worth of ids. */
export function pageOf({ objects }: Tape, from: number, to: number): string[] {
  const page: string[] = []
  for (let at = from; at < to; at++) {
    const offset = Math.floor(at / objects.length) * idsPerCopy
    const parts = objects[at % objects.length] ?? []
    page.push(parts.map(part => (typeof part === 'number' ? part + offset : part)).join(''))
  }
  return page
}

function cut(object: object): (string | number)[] {
  const marked = JSON.stringify(object, function (this: unknown, key: string, value: unknown) {
    if ((key === 'Id' && this === object) || key === 'TxnId') return `\u0001${String(value)}\u0001`
    return named.has(key) && typeof value === 'object' && value !== null && 'value' in value ? { ...value, value: `\u0001${String(value.value)}\u0001` } : value
  })
  return marked.split('\\u0001').map((part, i) => (i % 2 === 1 ? Number(part) : part))
}
