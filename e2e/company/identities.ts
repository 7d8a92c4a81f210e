import { toDecimal, type Minor } from './amounts.ts'
import type { CompanySource } from './generate.ts'
import { sourceOf, tabulate, type CompanyReader } from './identity-tables.ts'

export type { CompanyReader } from './identity-tables.ts'

export type IdentityName = keyof typeof identities

/** One place where the books do not add up; amounts in minor units of `currency`. */
export type Violation = { identity: IdentityName; id: string; currency: string; stated: Minor; expected: Minor; sentence: string }

/**
 * What holds in every real company, each as a query for where it does not: `id`, `currency`, what is stated and what follows from the rest.
 */
const identities = {
  'invoice balance': `
    select id, currency, balance as stated, total - deposit - (select coalesce(sum(amount), 0) from allocation where type = 'Invoice' and target = invoice.id) as expected
    from invoice where stated <> expected`,
  'credit left': `
    select id, currency, remaining as stated, total - (select coalesce(sum(amount), 0) from allocation where type = 'CreditMemo' and target = credit_memo.id) as expected
    from credit_memo where stated <> expected`,
  'payment applied': `
    select id, currency, total - unapplied as stated,
      (select coalesce(sum(case type when 'CreditMemo' then -amount else amount end), 0) from allocation where payment = payment.id) as expected
    from payment where stated <> expected`,
  'customer balance': `
    select id, currency, balance as stated,
      (select coalesce(sum(balance), 0) from invoice where customer = customer.id)
      - (select coalesce(sum(unapplied), 0) from payment where customer = customer.id)
      - (select coalesce(sum(remaining), 0) from credit_memo where customer = customer.id) as expected
    from customer where stated <> expected`,
  // One step down is enough: what the jobs state is held against their own jobs in turn.
  'balance with jobs': `
    select id, currency, with_jobs as stated, balance + (select coalesce(sum(with_jobs), 0) from customer job where job.parent = customer.id) as expected
    from customer where stated <> expected`,
  'accounts receivable': `
    select currency as id, currency, sum(stated) as stated, sum(expected) as expected from (
      select currency, balance as stated, 0 as expected from ledger_account where type = 'Accounts Receivable'
      union all select currency, 0, balance from customer) group by currency having sum(stated) <> sum(expected)`,
  'undeposited funds': `
    select id, currency, balance as stated,
      (select coalesce(sum(home), 0) from payment where held_in = ledger_account.id and deposit is null)
      + (select coalesce(sum(home), 0) from receipt where held_in = ledger_account.id and deposit is null) as expected
    from ledger_account where sub_type = 'UndepositedFunds' and stated <> expected`,
  // A statement charge has a subtotal and no items, so it has nothing to add up.
  'invoice total': `
    select id, currency, total as stated, sold - discount + tax as expected from invoice where has_items > 0 and stated <> expected`,
  'tax line': `
    select invoice.id as id, currency, stated, expected from tax_line join invoice on invoice.id = tax_line.invoice where stated <> expected`,
  'tax total': `
    select id, currency, tax as stated, (select sum(stated) from tax_line where invoice = invoice.id) as expected from invoice
    where expected is not null and stated <> expected`,
  'deposit total': `
    select id, currency, total as stated, (select coalesce(sum(amount), 0) from deposit_line where deposit = deposit.id) as expected from deposit where stated <> expected`,
  'deposited payment': `
    select id, currency, home as stated, coalesce((select sum(amount) from deposit_line where deposit_line.deposit = payment.deposit and type = 'Payment' and target = payment.id), 0) as expected
    from payment where deposit is not null and stated <> expected`,
} as const satisfies Record<string, string>

const violationsMax = 1_000

/**
 * Where a company's books do not add up, to the cent; empty when they do. At most 1,000 are told of each identity.
 * Reads a company once, one object after the other, and holds none; in a source the preferences come before the money.
 * Throws a RangeError that names the object whose amount cannot be read.
 */
export function checkIdentities(company: CompanyReader | CompanySource): Violation[] {
  const { db, home } = tabulate('objects' in company ? sourceOf(company) : company)
  try {
    return Object.keys(identities).flatMap(name => {
      const identity = name as IdentityName
      return db
        .prepare(`${identities[identity]} limit ${violationsMax}`)
        .all()
        .map(row => violationOf(identity, row, home))
    })
  } finally {
    db.close()
  }
}

function violationOf(identity: IdentityName, row: Record<string, unknown>, home: string): Violation {
  const [id, currency, stated, expected] = [String(row['id']), String(row['currency'] ?? home), Number(row['stated']), Number(row['expected'])]
  const sentence = `${identity}: ${id} states ${toDecimal(stated, currency)} ${currency}, the rest says ${toDecimal(expected, currency)}`
  return { identity, id, currency, stated, expected, sentence }
}
