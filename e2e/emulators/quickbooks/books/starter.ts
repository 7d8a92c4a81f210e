import { currencyName } from './sale.ts'
import type { EntityName } from './entities.ts'
import type { JsonObject } from './json.ts'
import { stamp } from './times.ts'
import type { Company } from './work.ts'

/** What every company has from its first day: its CompanyInfo and its Preferences. */
export function singleRows(company: Company, nowMs: number): [EntityName, JsonObject][] {
  const system = systemFields(nowMs)
  const address = { Id: '1', Line1: '1 Market Street', City: 'San Francisco', CountrySubDivisionCode: 'CA', PostalCode: '94105', Country: company.country === 'US' ? 'USA' : company.country }
  const info: JsonObject = {
    CompanyName: company.name, LegalName: company.name, CompanyAddr: address, CustomerCommunicationAddr: address, LegalAddr: address, PrimaryPhone: {}, CompanyStartDate: stamp(nowMs).slice(0, 10),
    FiscalYearStartMonth: 'January', Country: company.country, Email: { Address: 'books@example.com' }, WebAddr: {}, SupportedLanguages: 'en', DefaultTimeZone: company.timeZone,
    NameValue: [{ Name: 'SubscriptionStatus', Value: 'PAID' }, { Name: 'OfferingSku', Value: 'QuickBooks Online Plus' }], ...system('1'),
  }
  const preferences: JsonObject = {
    AccountingInfoPrefs: { TrackDepartments: false, ClassTrackingPerTxn: false, ClassTrackingPerTxnLine: false, CustomerTerminology: 'Customers' },
    ProductAndServicesPrefs: { ForSales: true, ForPurchase: true, QuantityWithPriceAndRate: true, QuantityOnHand: true },
    SalesFormsPrefs: {
      CustomField: [], CustomTxnNumbers: false, AllowDeposit: false, AllowDiscount: true, AllowEstimates: true, ETransactionEnabledStatus: 'NotApplicable', ETransactionAttachPDF: false,
      ETransactionPaymentEnabled: false, IPNSupportEnabled: false, AllowServiceDate: false, AllowShipping: false, UsingPriceLevels: false, AutoApplyPayments: false, AutoApplyCredit: false,
      EmailCopyToCompany: false, DefaultCustomerMessage: 'Thank you for your business.',
    },
    EmailMessagesPrefs: { InvoiceMessage: { Subject: `Invoice from ${company.name}`, Message: 'Your invoice is attached.' } },
    VendorAndPurchasesPrefs: { TrackingByCustomer: false, BillableExpenseTracking: false, POCustomField: [] },
    TimeTrackingPrefs: { UseServices: false, BillCustomers: false, ShowBillRateToAll: false, WorkWeekStartDate: 'Monday', MarkTimeEntriesBillable: false },
    TaxPrefs: { UsingSalesTax: company.country === 'US', PartnerTaxEnabled: false },
    CurrencyPrefs: { MultiCurrencyEnabled: false, HomeCurrency: { value: company.currency } },
    ReportPrefs: { ReportBasis: 'Accrual', CalcAgingReportFromTxnDate: false },
    OtherPrefs: { NameValue: [{ Name: 'DTXCopyMemo', Value: 'true' }, { Name: 'Vendor1099Enabled', Value: 'true' }] },
    ...system('1'),
  }
  return [['CompanyInfo', info], ['Preferences', preferences]]
}

/** The rows of a new, empty company in trade: accounts, two services, terms, ways to pay, one tax. Load them with `books.load`. */
export function starterRows(company: { currency: string }, nowMs: number): [EntityName, JsonObject[]][] {
  const system = systemFields(nowMs)
  const CurrencyRef = { value: company.currency, name: currencyName(company.currency) }
  const account = (id: string, Name: string, AccountType: string, AccountSubType: string, Classification: string): JsonObject => ({
    Name, SubAccount: false, FullyQualifiedName: Name, Active: true, Classification, AccountType, AccountSubType, CurrentBalance: 0, CurrentBalanceWithSubAccounts: 0, CurrencyRef, ...system(id),
  })
  const service = (id: string, Name: string, UnitPrice: number): JsonObject => ({
    Name, Active: true, FullyQualifiedName: Name, Taxable: false, UnitPrice, Type: 'Service', IncomeAccountRef: { value: '1', name: 'Services' }, PurchaseCost: 0, TrackQtyOnHand: false, ...system(id),
  })
  const term = (id: string, Name: string, DueDays: number): JsonObject => ({ Name, Active: true, Type: 'STANDARD', DiscountPercent: 0, DueDays, DiscountDays: 0, ...system(id) })
  const method = (id: string, Name: string, Type: string): JsonObject => ({ Name, Active: true, Type, ...system(id) })
  const rates = { TaxRateDetail: [{ TaxTypeApplicable: 'TaxOnAmount', TaxRateRef: { value: '3', name: 'California' }, TaxOrder: 0 }] }
  return [
    ['Account', [
      account('1', 'Services', 'Income', 'ServiceFeeIncome', 'Revenue'), account('4', 'Undeposited Funds', 'Other Current Asset', 'UndepositedFunds', 'Asset'),
      account('35', 'Checking', 'Bank', 'Checking', 'Asset'), account('84', 'Accounts Receivable (A/R)', 'Accounts Receivable', 'AccountsReceivable', 'Asset'),
      account('86', 'Discounts given', 'Income', 'DiscountsRefundsGiven', 'Revenue'), account('90', 'Stripe clearing', 'Bank', 'CashOnHand', 'Asset'),
    ]],
    ['Item', [service('1', 'Services', 0), service('2', 'Hours', 80)]],
    ['Term', [term('1', 'Due on receipt', 0), term('2', 'Net 15', 15), term('3', 'Net 30', 30), term('4', 'Net 60', 60)]],
    ['PaymentMethod', [method('1', 'Cash', 'NON_CREDIT_CARD'), method('2', 'Check', 'NON_CREDIT_CARD'), method('3', 'Visa', 'CREDIT_CARD')]],
    ['TaxRate', [{ Name: 'California', Description: 'Sales Tax', Active: true, RateValue: 8, AgencyRef: { value: '1' }, SpecialTaxType: 'NONE', DisplayType: 'ReadOnly', ...system('3') }]],
    ['TaxCode', [{ Name: 'California', Description: 'California', Active: true, Taxable: true, TaxGroup: true, SalesTaxRateList: rates, PurchaseTaxRateList: { TaxRateDetail: [] }, ...system('2') }]],
  ]
}

function systemFields(nowMs: number): (id: string) => JsonObject {
  const time = stamp(nowMs)
  return id => ({ domain: 'QBO', sparse: false, Id: id, SyncToken: '0', MetaData: { CreateTime: time, LastUpdatedTime: time } })
}
