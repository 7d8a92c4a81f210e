import { DatabaseSync } from 'node:sqlite'

/** The columns of a row beside its JSON body: what the query language can filter and sort by without opening the body. */
export const columnNames = [
  'realm', 'entity', 'id', 'seq', 'sync', 'created', 'updated', 'active', 'name', 'sort', 'doc', 'txn_date', 'due_date', 'customer', 'parent', 'balance', 'total', 'ref_num', 'body',
] as const

const columns = `realm text not null, entity text not null, id text not null, seq real not null, sync integer not null, created integer not null,
  updated integer not null, active integer not null, name text collate nocase, sort text, doc text collate nocase, txn_date text,
  due_date text, customer text, parent text, balance integer, total integer, ref_num text collate nocase, body text not null`

/**
 * Opens the file that the books live in and makes its tables. `original` keeps, for every row that was written since the books were
 * loaded, what it was before (`existed` = 0: it was not there), so that starting over costs only what was changed.
 * Answers may be lost when the machine stops, never when the process does: an emulator needs no more.
 */
export function openTables(path = ':memory:'): DatabaseSync {
  const db = new DatabaseSync(path)
  db.exec(`pragma journal_mode = wal; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -32000;
    create table if not exists company (realm text primary key, body text not null, base text not null) without rowid;
    create table if not exists row (${columns});
    create unique index if not exists row_id on row (realm, entity, id);
    create index if not exists row_seq on row (realm, entity, seq);
    create index if not exists row_updated on row (realm, entity, updated, seq);
    create index if not exists row_sort on row (realm, entity, sort, seq) where sort is not null;
    create index if not exists row_name on row (realm, entity, name) where name is not null;
    create index if not exists row_doc on row (realm, entity, doc) where doc is not null;
    create index if not exists row_customer on row (realm, entity, customer) where customer is not null;
    create index if not exists row_parent on row (realm, entity, parent) where parent is not null;
    create table if not exists original (${columns}, existed integer not null);
    create unique index if not exists original_id on original (realm, entity, id);
    create table if not exists link (realm text not null, from_entity text not null, from_id text not null, to_entity text not null, to_id text not null,
      primary key (realm, from_entity, from_id, to_entity, to_id)) without rowid;
    create index if not exists link_to on link (realm, to_entity, to_id);
    create table if not exists gone (realm text not null, entity text not null, id text not null, at integer not null, primary key (realm, entity, id)) without rowid;
    create table if not exists counter (realm text not null, name text not null, value integer not null, base integer not null, primary key (realm, name)) without rowid;
    create table if not exists replay (realm text not null, key text not null, at integer not null, body text not null, primary key (realm, key)) without rowid;
    create table if not exists file (realm text not null, id text not null, content blob not null, primary key (realm, id)) without rowid;
    create table if not exists sent (realm text not null, day text not null, entity text not null, id text not null, address text not null, at integer not null);`)
  return db
}
