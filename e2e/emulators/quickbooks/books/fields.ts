import type { EntityName } from './entities.ts'

/**
 * What a property may hold: `text` with the greatest length Intuit's reference gives, a number, a flag, a calendar day, a reference
 * `{value, name}`, an object or an array of objects; `closed` names the values that an enumeration takes.
 */
export type Field =
  | { kind: 'text'; max: number; closed?: readonly string[] }
  | { kind: 'number' | 'flag' | 'date' | 'ref' | 'object' | 'array' }
  /** Known to the schema, never taken from a request. */
  | { kind: 'owned' }

const text = (max: number): Field => ({ kind: 'text', max })
const oneOf = (...closed: string[]): Field => ({ kind: 'text', max: 100, closed })
const number: Field = { kind: 'number' }
const flag: Field = { kind: 'flag' }
const date: Field = { kind: 'date' }
const ref: Field = { kind: 'ref' }
const object: Field = { kind: 'object' }
const array: Field = { kind: 'array' }
const owned: Field = { kind: 'owned' }

const always = { Id: owned, SyncToken: owned, MetaData: owned, domain: owned, sparse: owned, status: owned }
const transaction = {
  ...always, DocNumber: text(21), TxnDate: date, PrivateNote: text(4000), CurrencyRef: ref, ExchangeRate: number, DepartmentRef: ref, TxnSource: owned, TxnStatus: owned,
  Line: array, LinkedTxn: owned, TotalAmt: owned, HomeTotalAmt: owned, RecurDataRef: ref, TransactionLocationType: text(100), Tag: owned, AttachableRef: owned, ProjectRef: ref,
}
const sale = {
  ...transaction, CustomField: array, TxnTaxDetail: object, CustomerRef: ref, CustomerMemo: object, BillAddr: object, ShipAddr: object, ShipFromAddr: object, ClassRef: ref,
  SalesTermRef: ref, ApplyTaxAfterDiscount: flag, PrintStatus: oneOf('NotSet', 'NeedToPrint', 'PrintComplete'), EmailStatus: oneOf('NotSet', 'NeedToSend', 'EmailSent'),
  BillEmail: object, BillEmailCc: object, BillEmailBcc: object, GlobalTaxCalculation: oneOf('TaxExcluded', 'TaxInclusive', 'NotApplicable'), FreeFormAddress: flag, Balance: owned,
  HomeBalance: owned, PaymentMethodRef: ref, PaymentRefNum: text(21), DeliveryInfo: owned, ShipMethodRef: ref, ShipDate: date, TrackingNum: text(100), PONumber: text(25),
  TaxExemptionRef: ref, AutoDocNumber: flag, RemitToRef: ref, ARAccountRef: ref, SalesRepRef: ref, FOB: text(100), Template: owned, DiscountRate: number, DiscountAmt: number,
}
const paidAtOnce = { ...sale, DepositToAccountRef: ref, CheckPayment: object, CreditCardPayment: object, PaymentType: oneOf('Cash', 'Check', 'CreditCard', 'Other') }
const person = {
  ...always, Title: text(16), GivenName: text(100), MiddleName: text(100), FamilyName: text(100), Suffix: text(16), DisplayName: text(500), FullyQualifiedName: owned,
  CompanyName: text(100), PrintOnCheckName: text(110), Active: flag, PrimaryPhone: object, AlternatePhone: object, Mobile: object, Fax: object, PrimaryEmailAddr: object,
  WebAddr: object, BillAddr: object, ShipAddr: object, OtherAddr: owned, OtherContactInfo: owned, CurrencyRef: ref, Balance: owned, Notes: text(4000), V4IDPseudonym: owned, Source: owned,
  ClientEntityId: owned, IntuitId: owned, Organization: flag, GSTIN: text(15), BusinessNumber: text(10), GSTRegistrationType: text(15), ResaleNum: text(16), TaxIdentifier: text(20),
}
const named = { ...always, Name: text(100), Active: flag, Description: text(4000), ClientEntityId: owned }

/** The properties that Intuit's schema knows, entity by entity. Whatever else a request holds is refused with 2010. */
export const fields: Readonly<Record<EntityName, Readonly<Record<string, Field>>>> = {
  Invoice: {
    ...sale, DueDate: date, Deposit: number, DepositToAccountRef: ref, AllowIPNPayment: flag, AllowOnlinePayment: flag, AllowOnlineCreditCardPayment: flag, AllowOnlineACHPayment: flag,
    InvoiceLink: owned, EInvoiceStatus: owned, ECloudStatusTimeStamp: owned, invoiceStatusLog: owned, invoiceStatus: owned, callToAction: owned, InvoiceEx: owned, LessCIS: owned,
    PaymentDetailsMessage: text(4000), ConvenienceFeeDetail: owned, TxnApprovalInfo: owned, TaxFormType: text(30), TaxFormNum: text(30), RecurringInfo: owned, EligibilityStatus: owned,
  },
  CreditMemo: { ...sale, RemainingCredit: owned, InvoiceRef: ref, CreditMemoEx: owned },
  SalesReceipt: { ...paidAtOnce, SalesReceiptEx: owned },
  RefundReceipt: { ...paidAtOnce, RefundReceiptEx: owned },
  Payment: {
    ...transaction, TotalAmt: number, CustomerRef: ref, DepositToAccountRef: ref, PaymentMethodRef: ref, PaymentRefNum: text(21), ARAccountRef: ref, UnappliedAmt: owned,
    ProcessPayment: flag, CreditCardPayment: object, CheckPayment: object, PaymentType: text(30), TaxExemptionRef: ref, TxnTaxDetail: object, PaymentEx: owned,
  },
  Deposit: { ...transaction, DepositToAccountRef: ref, CashBack: object, TxnTaxDetail: object, GlobalTaxCalculation: text(30), DepositEx: owned },
  Customer: {
    ...person, Taxable: flag, Job: flag, BillWithParent: flag, ParentRef: ref, Level: owned, SalesTermRef: ref, PaymentMethodRef: ref, BalanceWithJobs: owned, OpenBalanceDate: date,
    PreferredDeliveryMethod: oneOf('Print', 'Email', 'None'), ResaleNumber: text(16), DefaultTaxCodeRef: ref, TaxExemptionReasonId: text(10), IsProject: flag, ARAccountRef: ref,
    CustomerTypeRef: ref, CustomField: array, PrimaryTaxIdentifier: text(20), SecondaryTaxIdentifier: text(20), UserId: owned, CustomerEx: owned, SalesRepRef: ref, PriceLevelRef: ref,
    TaxExemptionRef: ref, CreditLimit: number, OverDueBalance: owned, TotalRevenue: owned, TotalExpense: owned, TaxRegime: text(30),
  },
  Vendor: { ...person, AcctNum: text(100), Vendor1099: flag, TermRef: ref, APAccountRef: ref, BillRate: number, CostRate: number, VendorPaymentBankDetail: object, VendorEx: owned },
  Employee: {
    ...person, BillableTime: flag, BillRate: number, BirthDate: date, HiredDate: date, ReleasedDate: date, SSN: text(100), Gender: text(20), EmployeeNumber: text(100), PrimaryAddr: object,
    CostRate: number, EmployeeEx: owned,
  },
  Item: {
    ...named, FullyQualifiedName: owned, Level: owned, SubItem: flag, ParentRef: ref, Taxable: flag, SalesTaxIncluded: flag, PurchaseTaxIncluded: flag, UnitPrice: number, PurchaseCost: number,
    Type: oneOf('Inventory', 'Service', 'NonInventory', 'Group', 'Category', 'Bundle'), IncomeAccountRef: ref, ExpenseAccountRef: ref, AssetAccountRef: ref, PurchaseDesc: text(1000),
    TrackQtyOnHand: flag, QtyOnHand: number, InvStartDate: date, Sku: text(100), SalesTaxCodeRef: ref, PurchaseTaxCodeRef: ref, TaxClassificationRef: ref, ReorderPoint: number,
    PrefVendorRef: ref, ClassRef: ref, ItemGroupDetail: object, PrintGroupedItems: flag, ItemCategoryType: text(30), Source: owned, ItemEx: owned, AbatementRate: number,
  },
  Account: {
    ...named, FullyQualifiedName: owned, SubAccount: flag, ParentRef: ref, AcctNum: text(20), Classification: owned, AccountType: text(100), AccountSubType: text(100), CurrentBalance: owned,
    CurrentBalanceWithSubAccounts: owned, CurrencyRef: ref, TaxCodeRef: ref, TxnLocationType: text(100), AccountAlias: text(100), OpeningBalance: number, OpeningBalanceDate: date,
  },
  Term: { ...named, Type: owned, DueDays: number, DiscountDays: number, DiscountPercent: number, DayOfMonthDue: number, DueNextMonthDays: number, DiscountDayOfMonth: number },
  PaymentMethod: { ...named, Name: text(31), Type: oneOf('CREDIT_CARD', 'NON_CREDIT_CARD') },
  TaxCode: { ...named, Taxable: owned, TaxGroup: owned, Hidden: owned, SalesTaxRateList: owned, PurchaseTaxRateList: owned, TaxCodeConfigType: owned },
  TaxRate: { ...named, RateValue: owned, AgencyRef: owned, SpecialTaxType: owned, DisplayType: owned, EffectiveTaxRate: owned, TaxReturnLineRef: owned, OriginalTaxRate: owned },
  Attachable: {
    ...always, FileName: text(1000), Note: text(2000), ContentType: text(100), Category: text(100), Lat: text(100), Long: text(100), PlaceName: text(2000), Tag: text(2000), Size: owned,
    AttachableRef: array, FileAccessUri: owned, TempDownloadUri: owned, ThumbnailFileAccessUri: owned, ThumbnailTempDownloadUri: owned, CustomField: array,
  },
  CompanyInfo: {
    ...always, CompanyName: text(1024), LegalName: text(1024), CompanyAddr: object, CustomerCommunicationAddr: object, LegalAddr: object, CompanyEmailAddr: object, CustomerCommunicationEmailAddr: object,
    Email: object, WebAddr: object, PrimaryPhone: object, CompanyStartDate: owned, EmployerId: text(100), FiscalYearStartMonth: text(20), Country: text(3), SupportedLanguages: owned,
    NameValue: owned, DefaultTimeZone: owned, QBVersion: owned, CompanyURL: owned,
  },
  Preferences: {
    ...always, AccountingInfoPrefs: object, ProductAndServicesPrefs: object, SalesFormsPrefs: object, EmailMessagesPrefs: object, VendorAndPurchasesPrefs: object, TimeTrackingPrefs: object,
    TaxPrefs: object, CurrencyPrefs: object, ReportPrefs: object, OtherPrefs: object,
  },
}

const detail = {
  SalesItemLineDetail: object, GroupLineDetail: object, DescriptionLineDetail: object, DiscountLineDetail: object, SubTotalLineDetail: object, DepositLineDetail: object,
  ItemBasedExpenseLineDetail: object, TaxLineDetail: object, PaymentLineDetail: object,
}

/** The properties of a line, of whatever transaction. */
export const lineFields: Readonly<Record<string, Field>> = {
  ...detail, Id: text(20), LineNum: number, Description: text(4000), Amount: number, Received: number, LinkedTxn: array, CustomField: array, ProjectRef: ref, CostAmount: number,
  HomeAmount: owned, CustomExtensions: array, LineEx: owned,
  DetailType: oneOf('SalesItemLineDetail', 'GroupLineDetail', 'DescriptionOnly', 'DiscountLineDetail', 'SubTotalLineDetail', 'DepositLineDetail', 'TaxLineDetail', 'PaymentLineDetail'),
}
