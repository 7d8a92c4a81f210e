import { sql } from 'drizzle-orm'
import { check, integer, text, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Currency, Instant, LocalDate, MerchantId, Minor } from './values.ts'

/** The first column of every key: whose row it is. */
export const merchantId = () => text('merchant_id').notNull().$type<MerchantId>()
/** Milliseconds since 1970, UTC. */
export const instant = (name: string) => integer(name).$type<Instant>()
export const localDate = (name: string) => text(name).$type<LocalDate>()
export const minor = (name: string) => integer(name).notNull().$type<Minor>()
export const currency = () => text('currency').notNull().$type<Currency>()
export const json = <T>(name: string) => text(name, { mode: 'json' }).$type<T>()
export const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull()

/** SQLite would store 10.5 in an integer column; this refuses it. */
export const wholeAmount = (name: string, column: SQLiteColumn) => check(name, sql`typeof(${column}) = 'integer'`)
