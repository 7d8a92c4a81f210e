import { amount, cents, converted, type Cents } from './amounts.ts'
import type { EntityName } from './entities.ts'
import { objectAt, objectsAt, refAt, textAt, type Json, type JsonObject } from './json.ts'
import type { Rows } from './rows.ts'
import { localDate, stamp } from './times.ts'

/** A company as the emulator knows it beside its rows. */
export type Company = {
  realmId: string
  name: string
  /** ISO 3166 alpha-2. */
  country: string
  /** The home currency, ISO 4217. */
  currency: string
  /** IANA name; decides what day it is for TxnDate. */
  timeZone: string
  /** `lapsed` refuses writes with 6190, `reset` everything with 10200. */
  status: 'active' | 'lapsed' | 'reset'
  /** A closing password turns 6200 into 6210. */
  closingPassword: boolean
}

/** What a listener hears after a write is committed; the operations are those of Intuit's webhooks. */
export type Change = {
  realmId: string
  entity: EntityName
  id: string
  operation: 'Create' | 'Update' | 'Delete' | 'Void' | 'Merge' | 'Emailed'
  lastUpdated: string
  deletedId?: string
}

/** One write in hand: every row it touches, and what that does to balances that QuickBooks derives. */
export type Work = {
  readonly realm: string
  readonly company: Company
  readonly nowMs: number
  readonly rows: Rows
  readonly changes: Change[]
  /** The company's Preferences as stored. */
  readonly preferences: JsonObject
  today(): string
  find(entity: EntityName, id: string | undefined): JsonObject | undefined
  /** Stores an object whose MetaData the caller has set; moves the balances that follow from it. */
  save(entity: EntityName, object: JsonObject): void
  remove(entity: EntityName, object: JsonObject): void
  announce(entity: EntityName, id: string, operation: Change['operation'], deletedId?: string): void
  /** Writes the derived balances down; call once at the end. */
  settle(): void
}

export function beginWork(rows: Rows, company: Company, nowMs: number): Work {
  const realm = company.realmId
  const owed = new Map<string, Cents>()
  const held = new Map<string, Cents>()
  const changes: Change[] = []
  const weigh = (entity: EntityName, object: JsonObject | undefined, sign: 1 | -1) => {
    if (!object) return
    for (const weight of weightsOf(entity, object)) {
      const book = weight.of === 'customer' ? owed : held
      book.set(weight.id, (book.get(weight.id) ?? 0) + sign * weight.cents)
    }
  }
  const work: Work = {
    realm,
    company,
    nowMs,
    rows,
    changes,
    preferences: rows.get(realm, 'Preferences', '1') ?? {},
    today: () => localDate(nowMs, company.timeZone),
    find: (entity, id) => (id === undefined ? undefined : rows.get(realm, entity, id)),
    save(entity, object) {
      weigh(entity, rows.get(realm, entity, textAt(object, 'Id') ?? ''), -1)
      weigh(entity, object, 1)
      rows.put(realm, entity, object, nowMs)
    },
    remove(entity, object) {
      weigh(entity, object, -1)
      rows.remove(realm, entity, textAt(object, 'Id') ?? '', nowMs)
    },
    announce(entity, id, operation, deletedId) {
      changes.push({ realmId: realm, entity, id, operation, lastUpdated: stamp(nowMs), ...(deletedId === undefined ? {} : { deletedId }) })
    },
    settle() {
      for (const [id, delta] of owed) if (delta !== 0) moveCustomer(work, id, delta, held)
      for (const [id, delta] of held) if (delta !== 0) moveAccount(work, id, delta)
      owed.clear()
      held.clear()
    },
  }
  return work
}

/** The same object with its SyncToken one higher and its time set to now. */
export function bumped(work: Work, object: JsonObject): JsonObject {
  return { ...touched(work, object), SyncToken: String(Number(textAt(object, 'SyncToken') ?? 0) + 1) }
}

/** The same object with its time set to now: what a derived change does, which leaves the SyncToken alone. */
export function touched(work: Work, object: JsonObject): JsonObject {
  return { ...object, MetaData: { ...objectAt(object, 'MetaData'), LastUpdatedTime: stamp(work.nowMs) } }
}

/** Whether this transaction's money has been put into a bank by a Deposit. */
export function isDeposited(object: JsonObject): boolean {
  return objectsAt(object, 'LinkedTxn').some(linked => linked['TxnType'] === 'Deposit')
}

type Weight = { of: 'customer' | 'account'; id: string; cents: Cents }

/** What one transaction adds to its customer's balance and to the accounts that hold money. */
function weightsOf(entity: EntityName, object: JsonObject): Weight[] {
  const customer = (value: Cents): Weight => ({ of: 'customer', id: refAt(object, 'CustomerRef') ?? '', cents: value })
  const account = (key: string, value: Cents): Weight => ({ of: 'account', id: refAt(object, key) ?? '', cents: converted(value, object['ExchangeRate']) })
  const total = cents(object['TotalAmt'])
  switch (entity) {
    case 'Invoice':
      return [customer(cents(object['Balance']))]
    case 'CreditMemo':
      return [customer(-cents(object['RemainingCredit']))]
    case 'Payment':
      return [customer(-cents(object['UnappliedAmt'])), account('DepositToAccountRef', isDeposited(object) ? 0 : total)]
    case 'SalesReceipt':
      return [account('DepositToAccountRef', isDeposited(object) ? 0 : total)]
    case 'RefundReceipt':
      return [account('DepositToAccountRef', -total)]
    case 'Deposit':
      return [
        account('DepositToAccountRef', total),
        ...objectsAt(object, 'Line').map((line): Weight => ({ of: 'account', id: refAt(objectAt(line, 'DepositLineDetail'), 'AccountRef') ?? '', cents: -cents(line['Amount']) })),
      ]
    default:
      return []
  }
}

/** A customer's balance moves without a new SyncToken; so does everything above it, and Accounts Receivable of its currency. */
function moveCustomer(work: Work, id: string, delta: Cents, held: Map<string, Cents>): void {
  const customer = work.find('Customer', id)
  if (!customer) return
  work.rows.put(work.realm, 'Customer', touched(work, { ...customer, Balance: plus(customer['Balance'], delta), BalanceWithJobs: plus(customer['BalanceWithJobs'], delta) }), work.nowMs)
  moveAncestors(work, customer, delta)
  const receivable = receivableAccount(work, refAt(customer, 'CurrencyRef') ?? work.company.currency)
  held.set(receivable, (held.get(receivable) ?? 0) + delta)
}

/** Adds to BalanceWithJobs of every customer above this one. */
export function moveAncestors(work: Work, customer: JsonObject, delta: Cents): void {
  let above = work.find('Customer', refAt(customer, 'ParentRef'))
  while (above && delta !== 0) {
    work.rows.put(work.realm, 'Customer', touched(work, { ...above, BalanceWithJobs: plus(above['BalanceWithJobs'], delta) }), work.nowMs)
    above = work.find('Customer', refAt(above, 'ParentRef'))
  }
}

/** Only accounts of the balance sheet show a balance; income and expense stay at 0 as in QuickBooks. */
function moveAccount(work: Work, id: string, delta: Cents): void {
  let account = work.find('Account', id)
  if (!account || !['Asset', 'Liability', 'Equity'].includes(textAt(account, 'Classification') ?? 'Asset')) return
  account = { ...account, CurrentBalance: plus(account['CurrentBalance'], delta) }
  while (account) {
    work.rows.put(work.realm, 'Account', touched(work, { ...account, CurrentBalanceWithSubAccounts: plus(account['CurrentBalanceWithSubAccounts'], delta) }), work.nowMs)
    account = work.find('Account', refAt(account, 'ParentRef'))
  }
}

function plus(value: Json | undefined, delta: Cents): number {
  return amount(cents(value) + delta)
}

/** The company's Accounts Receivable in a currency; QuickBooks opens one with the first transaction in it. */
export function receivableAccount(work: Work, currency: string): string {
  const own = accounts(work).find(each => each['AccountType'] === 'Accounts Receivable' && (refAt(each, 'CurrencyRef') ?? work.company.currency) === currency)
  const foreign = currency === work.company.currency ? '' : ` - ${currency}`
  return textAt(own ?? {}, 'Id') ?? openAccount(work, { Name: `Accounts Receivable (A/R)${foreign}`, AccountType: 'Accounts Receivable', AccountSubType: 'AccountsReceivable' }, currency)
}

/** Where money waits when nobody says where it goes. */
export function undepositedFunds(work: Work): string {
  const own = accounts(work).find(each => each['AccountSubType'] === 'UndepositedFunds')
  return textAt(own ?? {}, 'Id') ?? openAccount(work, { Name: 'Undeposited Funds', AccountType: 'Other Current Asset', AccountSubType: 'UndepositedFunds' }, work.company.currency)
}

function accounts(work: Work): JsonObject[] {
  return work.rows
    .all("select body from row where realm = ? and entity = 'Account' and active = 1 order by seq", work.realm)
    .map(row => JSON.parse(String(row['body'])) as JsonObject)
}

function openAccount(work: Work, account: JsonObject, currency: string): string {
  const id = String(work.rows.nextId(work.realm, 'Account'))
  const time = stamp(work.nowMs)
  work.rows.put(
    work.realm,
    'Account',
    {
      ...account, SubAccount: false, FullyQualifiedName: account['Name'] ?? '', Active: true, Classification: 'Asset', CurrentBalance: 0, CurrentBalanceWithSubAccounts: 0,
      CurrencyRef: { value: currency }, domain: 'QBO', sparse: false, Id: id, SyncToken: '0', MetaData: { CreateTime: time, LastUpdatedTime: time },
    },
    work.nowMs,
  )
  work.announce('Account', id, 'Create')
  return id
}
