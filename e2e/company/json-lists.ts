import { toDecimal, type CurrencyCode, type Minor } from './amounts.ts'
import { bundles, categories, currencyNames, foreign, ledger, paymentMethods, products, salesTaxCode, taxParts, terms } from './catalog.ts'
import { pacificTime, type Day } from './dates.ts'
import { addressJson, fullName, shownName } from './json-sales.ts'
import { owedBy, type CustomerPlan } from './plan.ts'
import type { Balances } from './balances.ts'

/** @param withJobs the customer and everyone below it */
export function customerJson(customer: CustomerPlan, withJobs: readonly CustomerPlan[], touchedOn: Day, multiCurrency: boolean): object {
  const { currency } = customer
  const owedWithJobs = withJobs.reduce((sum, member) => sum + owedBy(member), 0)
  return {
    Taxable: customer.taxable,
    BillAddr: addressJson(customer),
    ShipAddr: addressJson(customer),
    Job: customer.parent !== undefined,
    BillWithParent: customer.billWithParent,
    ...(customer.parent ? { ParentRef: { value: String(customer.parent.id) }, Level: customer.level } : {}),
    Balance: toDecimal(owedBy(customer), currency),
    BalanceWithJobs: toDecimal(owedWithJobs, currency),
    ...(multiCurrency ? { CurrencyRef: { value: currency, name: currencyNames[currency] } } : {}),
    PreferredDeliveryMethod: customer.email === undefined ? 'Print' : 'Email',
    IsProject: false,
    SalesTermRef: { value: customer.term.id, name: customer.term.name },
    domain: 'QBO',
    sparse: false,
    Id: String(customer.id),
    SyncToken: '0',
    MetaData: { CreateTime: pacificTime(customer.createdOn, 9 * 3600), LastUpdatedTime: pacificTime(touchedOn, 15 * 3600 + 3540) },
    GivenName: customer.givenName,
    FamilyName: customer.familyName,
    FullyQualifiedName: fullName(customer),
    ...(customer.companyName === undefined ? {} : { CompanyName: customer.companyName }),
    DisplayName: shownName(customer),
    PrintOnCheckName: customer.displayName,
    Active: customer.active,
    PrimaryPhone: { FreeFormNumber: customer.phone },
    ...(customer.email === undefined ? {} : { PrimaryEmailAddr: { Address: customer.email } }),
  }
}

type LedgerAccount = { id: string; name: string; type: string; subType: string; classification: string; balance: Minor; currency?: CurrencyCode }

/** The chart of accounts with what stands in it. */
export function accountsJson(balances: Balances, openedOn: Day, multiCurrency: boolean): object[] {
  const asset = { type: 'Accounts Receivable', subType: 'AccountsReceivable', classification: 'Asset' }
  const bank = { type: 'Bank', subType: 'Checking', classification: 'Asset' }
  const income = { type: 'Income', classification: 'Revenue', balance: 0 }
  const expense = { type: 'Expense', classification: 'Expense', balance: 0 }
  const abroad: LedgerAccount[] = Object.values(foreign).map(({ code, receivable }) => ({ id: receivable, name: `Accounts Receivable (A/R) - ${code}`, ...asset, balance: balances.receivable[code], currency: code }))
  const chart: LedgerAccount[] = [
    { id: ledger.undeposited, name: 'Undeposited Funds', type: 'Other Current Asset', subType: 'UndepositedFunds', classification: 'Asset', balance: balances.undeposited },
    { id: ledger.checking, name: 'Checking', ...bank, balance: balances.checking },
    { id: ledger.stripeClearing, name: 'Stripe Clearing', ...bank, balance: 0 },
    { id: ledger.labourIncome, name: 'Labor income', ...income, subType: 'ServiceFeeIncome' },
    { id: ledger.joineryIncome, name: 'Joinery sales', ...income, subType: 'SalesOfProductIncome' },
    { id: ledger.shippingIncome, name: 'Shipping income', ...income, subType: 'OtherPrimaryIncome' },
    { id: ledger.discounts, name: 'Discounts given', ...income, subType: 'DiscountsRefundsGiven' },
    { id: '55', name: 'Materials', type: 'Cost of Goods Sold', subType: 'SuppliesMaterialsCogs', classification: 'Expense', balance: 0 },
    { id: '60', name: 'Payment processing fees', ...expense, subType: 'BankCharges' },
    { id: '61', name: 'Workshop rent', ...expense, subType: 'RentOrLeaseOfBuildings' },
    { id: '70', name: 'Opening Balance Equity', type: 'Equity', subType: 'OpeningBalanceEquity', classification: 'Equity', balance: 0 },
    { id: ledger.receivable, name: 'Accounts Receivable (A/R)', ...asset, balance: balances.receivable.USD },
    ...(multiCurrency ? abroad : []),
    { id: '88', name: 'Accounts Payable (A/P)', type: 'Accounts Payable', subType: 'AccountsPayable', classification: 'Liability', balance: 0 },
    { id: ledger.taxPayable, name: 'Minnesota Department of Revenue Payable', type: 'Other Current Liability', subType: 'GlobalTaxPayable', classification: 'Liability', balance: balances.taxPayable },
  ]
  return chart.map(({ id, name, type, subType, classification, balance, currency = 'USD' }) => {
    const amount = toDecimal(balance, currency)
    const CurrencyRef = { value: currency, name: currencyNames[currency] }
    const kind = { Classification: classification, AccountType: type, AccountSubType: subType, CurrentBalance: amount, CurrentBalanceWithSubAccounts: amount, CurrencyRef }
    return { Name: name, SubAccount: false, FullyQualifiedName: name, Active: true, ...kind, ...listHead(id, openedOn) }
  })
}

export function termsJson(openedOn: Day): object[] {
  return Object.values(terms).map(({ id, name, dueDays }) => ({ Name: name, Active: true, Type: 'STANDARD', DiscountPercent: 0, DueDays: dueDays, DiscountDays: 0, ...listHead(id, openedOn) }))
}

export function paymentMethodsJson(openedOn: Day): object[] {
  return paymentMethods.map(({ id, name, type }) => ({ Name: name, Active: true, Type: type, ...listHead(id, openedOn) }))
}

export function taxRatesJson(openedOn: Day): object[] {
  return taxParts.map(({ id, name, agencyId, percentThousandths }) => ({
    Name: name,
    Description: name,
    Active: true,
    RateValue: percentThousandths / 1_000,
    AgencyRef: { value: agencyId },
    SpecialTaxType: 'NONE',
    DisplayType: 'ReadOnly',
    EffectiveTaxRate: [{ RateValue: percentThousandths / 1_000, EffectiveDate: pacificTime(openedOn, 0) }],
    ...listHead(id, openedOn),
  }))
}

/** `TAX` and `NON` are what lines say; the group is what the form says. */
export function taxCodesJson(openedOn: Day): object[] {
  const rates = taxParts.map(({ id, name }) => ({ TaxRateRef: { value: id, name }, TaxTypeApplicable: 'TaxOnAmount', TaxOrder: 0 }))
  const code = (id: string, name: string, taxable: boolean, group: boolean, details: object[]) => ({
    Name: name,
    Description: name,
    Active: true,
    Hidden: false,
    Taxable: taxable,
    TaxGroup: group,
    SalesTaxRateList: { TaxRateDetail: details },
    PurchaseTaxRateList: { TaxRateDetail: [] },
    ...listHead(id, openedOn),
  })
  return [code('TAX', 'TAX', true, false, []), code('NON', 'NON', false, false, []), code(salesTaxCode.id, salesTaxCode.name, true, true, rates)]
}

export function itemsJson(openedOn: Day): object[] {
  const folders = categories.map(({ id, name }) => ({ Name: name, FullyQualifiedName: name, Active: true, Type: 'Category', ...listHead(id, openedOn) }))
  const sold = Object.values(products).map(product => {
    const folder = categories.find(({ name }) => name === product.category)
    return {
      Name: product.name,
      Description: product.description,
      Active: true,
      SubItem: true,
      ParentRef: { value: folder?.id, name: product.category },
      Level: 1,
      FullyQualifiedName: `${product.category}:${product.name}`,
      Taxable: product.taxed,
      UnitPrice: toDecimal(product.price, 'USD'),
      Type: product.type,
      IncomeAccountRef: { value: product.incomeAccountId, name: product.incomeAccountId === ledger.labourIncome ? 'Labor income' : 'Joinery sales' },
      PurchaseCost: 0,
      TrackQtyOnHand: false,
      ...listHead(product.id, openedOn),
    }
  })
  const sets = Object.values(bundles).map(({ id, name, description, parts }) => ({
    Name: name,
    Description: description,
    Active: true,
    FullyQualifiedName: name,
    Taxable: false,
    Type: 'Group',
    PrintGroupedItems: true,
    ItemGroupDetail: { ItemGroupLine: parts.map(({ product, quantity }) => ({ ItemRef: { value: product.id, name: `${product.category}:${product.name}`, type: product.type }, Qty: quantity / 100 })) },
    ...listHead(id, openedOn),
  }))
  return [...folders, ...sold, ...sets]
}

export function listHead(id: string, openedOn: Day): object {
  const entered = pacificTime(openedOn, 8 * 3600)
  return { domain: 'QBO', sparse: false, Id: id, SyncToken: '0', MetaData: { CreateTime: entered, LastUpdatedTime: entered } }
}
