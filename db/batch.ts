import { LibsqlError } from '@libsql/client'

/** One statement of a batch. */
export type Write = { sql: string; args: unknown[] }
/** A batch is written whole or not at all; `refused` names the rule of the database that it would have broken. */
export type Commit = { kind: 'committed' } | { kind: 'refused'; rule: string }

/** The constraint that a batch broke; null for every other error. */
export function brokenRule(error: unknown): string | null {
  if (!(error instanceof LibsqlError) || !error.code.startsWith('SQLITE_CONSTRAINT')) return null
  return error.message.replace(/^(SQLITE_CONSTRAINT\w*: |SQLite error: )+/, '')
}
