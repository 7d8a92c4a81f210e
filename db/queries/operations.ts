import type { Write } from '../client.ts'
import { write } from '../sql.ts'

/** What a database server wrote and gave up (docs/decisions/0015). */
export const operationControl = () => ({
  /** Drops what is a day old, by the server's own clock that wrote it: no answer is waited for that long. */
  drop: (): Write => write(`delete from operations where at < cast(unixepoch('subsec') * 1000 as integer) - 86400000`),
})
