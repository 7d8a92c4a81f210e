import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { digitsOf, times, type Minor } from './amounts.ts'
import { amountAt, fieldsOf, listAt, partAt, refAt, textAt, type Fields } from './fields.ts'
import type { CompanyPart, CompanySource, EntityName } from './generate.ts'

/** Whatever can show a company's objects, inactive ones included, one after the other. */
export type CompanyReader = { objects(entity: EntityName): Iterable<object> }

const schema = `
  create table customer (id text primary key, parent text, currency text, balance integer, with_jobs integer) without rowid;
  create table invoice (id text primary key, customer text, currency text, total integer, balance integer, deposit integer, sold integer, discount integer, tax integer, has_items integer) without rowid;
  create table tax_line (invoice text, stated integer, expected integer);
  create table credit_memo (id text primary key, customer text, currency text, total integer, remaining integer) without rowid;
  create table payment (id text primary key, customer text, currency text, total integer, unapplied integer, held_in text, home integer, deposit text) without rowid;
  create table allocation (payment text, type text, target text, amount integer);
  create table receipt (held_in text, home integer, deposit text);
  create table deposit (id text primary key, currency text, total integer) without rowid;
  create table deposit_line (deposit text, type text, target text, amount integer);
  create table ledger_account (id text primary key, type text, sub_type text, currency text, balance integer) without rowid;`

const indexes = `
  create index allocation_target on allocation (type, target);
  create index allocation_payment on allocation (payment);
  create index invoice_customer on invoice (customer);
  create index credit_memo_customer on credit_memo (customer);
  create index payment_customer on payment (customer);
  create index tax_line_invoice on tax_line (invoice);
  create index customer_parent on customer (parent);
  create index deposit_line_target on deposit_line (type, target);
  create index deposit_line_deposit on deposit_line (deposit);`

/**
 * The amounts of a company, in minor units, in a private database on disk that vanishes when it is closed; so a company of any size can be asked.
 * Reads the source once and keeps none of its objects. Throws a RangeError that names the object whose amount cannot be read.
 */
export function tabulate(source: CompanySource): { db: DatabaseSync; home: string } {
  const db = new DatabaseSync('')
  db.exec(`pragma synchronous = off; pragma journal_mode = off; ${schema} begin;`)
  const writers = new Map<EntityName, Write>()
  let home = 'USD'
  for (const { entity, objects } of source) {
    if (entity === 'Preferences') for (const object of objects) home = refAt(partAt(fieldsOf(object), 'CurrencyPrefs'), 'HomeCurrency') ?? home
    if (!isTabulated(entity)) continue
    const write = writers.get(entity) ?? writerOf(entity, db, home)
    writers.set(entity, write)
    for (const object of objects) writeOne(write, entity, fieldsOf(object), home)
  }
  db.exec(`commit; ${indexes}`)
  return { db, home }
}

function writeOne(write: Write, entity: Tabulated, fields: Fields, home: string): void {
  try {
    write(fields, textAt(fields, 'Id') ?? '', refAt(fields, 'CurrencyRef') ?? home)
  } catch (error) {
    throw new RangeError(`${entity} ${textAt(fields, 'Id')}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** What a reader shows, as a source: the preferences first, because they name the currency of what names none. */
export function* sourceOf(reader: CompanyReader): Generator<CompanyPart> {
  for (const entity of ['Preferences', ...tabulated] as const) yield { entity, objects: reader.objects(entity) }
}

const tabulated = ['Account', 'Customer', 'Invoice', 'CreditMemo', 'Payment', 'Deposit', 'SalesReceipt', 'RefundReceipt'] as const
type Tabulated = (typeof tabulated)[number]
type Write = (fields: Fields, id: string, currency: string) => void

function isTabulated(entity: EntityName): entity is Tabulated {
  return tabulated.some(name => name === entity)
}

function writerOf(entity: Tabulated, db: DatabaseSync, home: string): Write {
  const into = (table: string, columns: number) => {
    const insert = db.prepare(`insert into ${table} values (${Array.from({ length: columns }, () => '?').join(', ')})`)
    return (...values: SQLInputValue[]) => void insert.run(...values)
  }
  switch (entity) {
    case 'Account': {
      const insert = into('ledger_account', 5)
      return (fields, id, currency) => insert(id, textAt(fields, 'AccountType') ?? '', textAt(fields, 'AccountSubType') ?? '', currency, amountAt(fields, 'CurrentBalance', currency))
    }
    case 'Customer': {
      const insert = into('customer', 5)
      return (fields, id, currency) => insert(id, refAt(fields, 'ParentRef') ?? null, currency, amountAt(fields, 'Balance', currency), amountAt(fields, 'BalanceWithJobs', currency))
    }
    case 'Invoice':
      return invoiceWriter(into('invoice', 10), into('tax_line', 3))
    case 'CreditMemo': {
      const insert = into('credit_memo', 5)
      return (fields, id, currency) => insert(id, refAt(fields, 'CustomerRef') ?? null, currency, amountAt(fields, 'TotalAmt', currency), amountAt(fields, 'RemainingCredit', currency))
    }
    case 'Payment':
      return paymentWriter(into('payment', 8), into('allocation', 4), home)
    case 'Deposit':
      return depositWriter(into('deposit', 3), into('deposit_line', 4))
    case 'SalesReceipt':
    case 'RefundReceipt': {
      const insert = into('receipt', 3)
      const sign = entity === 'SalesReceipt' ? 1 : -1
      return (fields, _id, currency) => insert(refAt(fields, 'DepositToAccountRef') ?? null, sign * atHome(fields, currency, home), depositOf(fields))
    }
  }
}

function invoiceWriter(insert: (...values: SQLInputValue[]) => void, insertTax: (...values: SQLInputValue[]) => void): Write {
  return (fields, id, currency) => {
    const sums = { sold: 0, discount: 0, items: 0 }
    const add = (line: Fields) => {
      if (line['SalesItemLineDetail'] !== undefined) {
        sums.sold += amountAt(line, 'Amount', currency)
        sums.items += 1
      } else if (line['DiscountLineDetail'] !== undefined) sums.discount += amountAt(line, 'Amount', currency)
      else for (const inner of listAt(partAt(line, 'GroupLineDetail'), 'Line')) add(inner)
    }
    for (const line of listAt(fields, 'Line')) add(line)
    const tax = partAt(fields, 'TxnTaxDetail')
    for (const line of listAt(tax, 'TaxLine')) {
      const detail = partAt(line, 'TaxLineDetail')
      if (detail['PercentBased'] !== true) continue
      insertTax(id, amountAt(line, 'Amount', currency), times(amountAt(detail, 'NetAmountTaxable', currency), textAt(detail, 'TaxPercent') ?? '0', -2))
    }
    const owed = [amountAt(fields, 'TotalAmt', currency), amountAt(fields, 'Balance', currency), amountAt(fields, 'Deposit', currency)]
    insert(id, refAt(fields, 'CustomerRef') ?? null, currency, ...owed, sums.sold, sums.discount, amountAt(tax, 'TotalTax', currency), sums.items)
  }
}

function paymentWriter(insert: (...values: SQLInputValue[]) => void, allocate: (...values: SQLInputValue[]) => void, home: string): Write {
  return (fields, id, currency) => {
    const [customer, heldIn] = [refAt(fields, 'CustomerRef') ?? null, refAt(fields, 'DepositToAccountRef') ?? null]
    insert(id, customer, currency, amountAt(fields, 'TotalAmt', currency), amountAt(fields, 'UnappliedAmt', currency), heldIn, atHome(fields, currency, home), depositOf(fields))
    for (const line of listAt(fields, 'Line'))
      for (const link of listAt(line, 'LinkedTxn')) allocate(id, textAt(link, 'TxnType') ?? '', textAt(link, 'TxnId') ?? '', amountAt(line, 'Amount', currency))
  }
}

function depositWriter(insert: (...values: SQLInputValue[]) => void, insertLine: (...values: SQLInputValue[]) => void): Write {
  return (fields, id, currency) => {
    insert(id, currency, amountAt(fields, 'TotalAmt', currency))
    for (const line of listAt(fields, 'Line')) {
      const link = listAt(line, 'LinkedTxn')[0] ?? {}
      insertLine(id, textAt(link, 'TxnType') ?? null, textAt(link, 'TxnId') ?? null, amountAt(line, 'Amount', currency))
    }
  }
}

function depositOf(fields: Fields): string | null {
  return textAt(listAt(fields, 'LinkedTxn').find(link => link['TxnType'] === 'Deposit') ?? {}, 'TxnId') ?? null
}

/** What a form's total is worth in the company's own currency, at the form's rate of exchange. */
function atHome(fields: Fields, currency: string, home: string): Minor {
  const amount = amountAt(fields, 'TotalAmt', currency)
  return currency === home ? amount : times(amount, textAt(fields, 'ExchangeRate') ?? '1', digitsOf(home) - digitsOf(currency))
}
