import { demoCompany } from './demo.ts'
import { dayText, pacificTime, type Day } from './dates.ts'
import { listHead } from './json-lists.ts'
import { salesTaxCode } from './catalog.ts'

export function companyInfoJson(name: string, openedOn: Day): object {
  const address = { Id: '1', Line1: '42 Garfield Avenue', City: demoCompany.city, Country: 'USA', CountrySubDivisionCode: demoCompany.state, PostalCode: '55802' }
  return {
    CompanyName: name,
    LegalName: `${name}, LLC`,
    CompanyAddr: address,
    CustomerCommunicationAddr: address,
    LegalAddr: address,
    CustomerCommunicationEmailAddr: { Address: demoCompany.email },
    PrimaryPhone: { FreeFormNumber: '(218) 555-0110' },
    CompanyStartDate: dayText(openedOn),
    FiscalYearStartMonth: 'January',
    Country: 'US',
    Email: { Address: demoCompany.email },
    WebAddr: { URI: 'https://www.alderandfinch.example' },
    SupportedLanguages: 'en',
    DefaultTimeZone: 'America/Chicago',
    NameValue: [
      { Name: 'NeoEnabled', Value: 'true' },
      { Name: 'IndustryType', Value: 'Finish Carpentry Contractors' },
      { Name: 'IndustryCode', Value: '238350' },
      { Name: 'SubscriptionStatus', Value: 'PAID' },
      { Name: 'OfferingSku', Value: 'QuickBooks Online Plus' },
      { Name: 'PayrollFeature', Value: 'false' },
      { Name: 'AccountantFeature', Value: 'false' },
      { Name: 'AssignedTime', Value: pacificTime(openedOn, 8 * 3600) },
    ],
    ...listHead('1', openedOn),
  }
}

export function preferencesJson(name: string, openedOn: Day, multiCurrency: boolean): object {
  const letter = (form: string) => ({ Subject: `${form} from ${name}`, Message: `Here is your ${form.toLowerCase()}. Thank you for your business.\n\n${name}` })
  const flag = (Name: string, BooleanValue: boolean) => ({ Name, Type: 'BooleanType', BooleanValue })
  return {
    AccountingInfoPrefs: { FirstMonthOfFiscalYear: 'January', UseAccountNumbers: false, TaxYearMonth: 'January', ClassTrackingPerTxn: false, TrackDepartments: false, TaxForm: '6', CustomerTerminology: 'Customers', ClassTrackingPerTxnLine: false },
    ProductAndServicesPrefs: { ForSales: true, ForPurchase: true, QuantityWithPriceAndRate: true, QuantityOnHand: false },
    SalesFormsPrefs: {
      CustomField: [
        { CustomField: [flag('SalesFormsPrefs.UseSalesCustom3', false), flag('SalesFormsPrefs.UseSalesCustom2', false), flag('SalesFormsPrefs.UseSalesCustom1', true)] },
        { CustomField: [{ Name: 'SalesFormsPrefs.SalesCustomName1', Type: 'StringType', StringValue: 'Your order' }] },
      ],
      CustomTxnNumbers: false,
      AllowDeposit: true,
      AllowDiscount: true,
      DefaultDiscountAccount: '49',
      AllowEstimates: true,
      EmailCopyToCompany: false,
      ETransactionEnabledStatus: 'NotApplicable',
      ETransactionAttachPDF: false,
      ETransactionPaymentEnabled: false,
      IPNSupportEnabled: false,
      AllowServiceDate: false,
      AllowShipping: true,
      AutoApplyPayments: false,
      AutoApplyCredit: false,
      DefaultTerms: { value: '3' },
      UsingPriceLevels: false,
      DefaultCustomerMessage: 'Thank you for your business.',
    },
    EmailMessagesPrefs: { InvoiceMessage: letter('Invoice'), EstimateMessage: letter('Estimate'), SalesReceiptMessage: letter('Sales receipt'), StatementMessage: letter('Statement') },
    VendorAndPurchasesPrefs: { TrackingByCustomer: true, BillableExpenseTracking: false },
    TimeTrackingPrefs: { UseServices: false, BillCustomers: false, ShowBillRateToAll: false, WorkWeekStartDate: 'Monday', MarkTimeEntriesBillable: false },
    TaxPrefs: { UsingSalesTax: true, PartnerTaxEnabled: true, TaxGroupCodeRef: { value: salesTaxCode.id } },
    CurrencyPrefs: { MultiCurrencyEnabled: multiCurrency, HomeCurrency: { value: 'USD' } },
    ReportPrefs: { ReportBasis: 'Accrual', CalcAgingReportFromTxnDate: false },
    OtherPrefs: { NameValue: [{ Name: 'WarnDuplicateCheckNumber', Value: 'true' }, { Name: 'SalesFormsPrefs.DefaultItem', Value: '11' }] },
    ...listHead('1', openedOn),
  }
}
