import { DatabaseSync } from 'node:sqlite'

/**
 * What a small emulator remembers: JSON documents by kind and id, in the order they came.
 * On a path they outlive the process; without one they live in memory.
 */
export type Shelf = {
  put(kind: string, id: string, document: object): void
  get<T extends object>(kind: string, id: string): T | undefined
  /** Every document of a kind, oldest first. */
  all<T extends object>(kind: string): T[]
  remove(kind: string, id: string): void
  /** Counts up from 1, a row of numbers per name. */
  count(name: string): number
  clear(): void
  close(): void
}

export function openShelf(path = ':memory:'): Shelf {
  const db = new DatabaseSync(path)
  db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists document (kind text not null, id text not null, seq integer not null, body text not null, primary key (kind, id)) without rowid;
    create index if not exists document_by_seq on document (kind, seq);
    create table if not exists counter (name text primary key, value integer not null) without rowid;`)
  const put = db.prepare(`insert into document (kind, id, seq, body) values (?, ?, (select coalesce(max(seq), 0) + 1 from document where kind = ?), ?)
    on conflict (kind, id) do update set body = excluded.body`)
  const get = db.prepare('select body from document where kind = ? and id = ?')
  const all = db.prepare('select body from document where kind = ? order by seq')
  const remove = db.prepare('delete from document where kind = ? and id = ?')
  const count = db.prepare('insert into counter (name, value) values (?, 1) on conflict (name) do update set value = value + 1 returning value')
  return {
    put: (kind, id, document) => void put.run(kind, id, kind, JSON.stringify(document)),
    get: <T extends object>(kind: string, id: string) => {
      const row = get.get(kind, id)
      return row ? (JSON.parse(String(row['body'])) as T) : undefined
    },
    all: <T extends object>(kind: string) => all.all(kind).map(row => JSON.parse(String(row['body'])) as T),
    remove: (kind, id) => void remove.run(kind, id),
    count: name => Number(count.get(name)?.['value']),
    clear: () => db.exec('delete from document; delete from counter'),
    close: () => db.close(),
  }
}
