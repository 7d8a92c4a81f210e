import { toDecimal, type CurrencyCode, type Minor } from './amounts.ts'
import { currencyNames, foreign, homeAmount, ledger, paymentMethods, salesTaxCode } from './catalog.ts'
import { dayText, pacificTime } from './dates.ts'
import { balanceOf, type CreditMemoPlan, type CustomerPlan, type InvoicePlan, type LinePlan, type ProductLine, type ReceiptPlan, type SalePlan, type Stamps } from './plan.ts'

/** Whether the company keeps more than one currency; then every form names its own. */
export type Style = { multiCurrency: boolean }

export function invoiceJson(customer: CustomerPlan, invoice: InvoicePlan, style: Style): object {
  const voided = invoice.kind === 'void'
  const balance = balanceOf(invoice)
  return {
    AllowIPNPayment: false,
    AllowOnlinePayment: false,
    AllowOnlineCreditCardPayment: false,
    AllowOnlineACHPayment: false,
    ...head(invoice),
    ...(invoice.number === undefined ? {} : { DocNumber: invoice.number }),
    TxnDate: dayText(invoice.on),
    CustomField: [{ DefinitionId: '1', Name: 'Your order', Type: 'StringType', ...(invoice.orderReference === undefined ? {} : { StringValue: invoice.orderReference }) }],
    LinkedTxn: invoice.paymentIds.map(id => ({ TxnId: String(id), TxnType: 'Payment' })),
    Line: saleLines(invoice.sale, customer.currency, voided),
    TxnTaxDetail: voided ? { TotalTax: 0 } : taxDetail(invoice.sale, customer.currency),
    CustomerRef: customerRef(customer),
    ...(invoice.memo === undefined ? {} : { CustomerMemo: { value: invoice.memo } }),
    ...(voided ? { PrivateNote: 'Voided' } : {}),
    BillAddr: billingAddress(customer),
    ShipAddr: addressJson(customer),
    SalesTermRef: { value: invoice.term.id, name: invoice.term.name },
    DueDate: dayText(invoice.dueOn),
    ...amounts(customer.currency, voided ? 0 : invoice.sale.total, balance, style),
    ApplyTaxAfterDiscount: invoice.sale.discountPercent > 0,
    PrintStatus: 'NeedToPrint',
    EmailStatus: invoice.emailStatus,
    ...(customer.email === undefined ? {} : { BillEmail: { Address: customer.email } }),
    ...(invoice.emailStatus === 'EmailSent' ? { DeliveryInfo: { DeliveryType: 'Email', DeliveryTime: pacificTime(invoice.createdOn, invoice.createdSecond + 40) } } : {}),
    ...(invoice.deposit > 0 ? { Deposit: toDecimal(invoice.deposit, customer.currency), DepositToAccountRef: { value: ledger.checking, name: 'Checking' } } : {}),
  }
}

export function creditMemoJson(customer: CustomerPlan, creditMemo: CreditMemoPlan, style: Style): object {
  const remaining = creditMemo.sale.total - creditMemo.used
  return {
    RemainingCredit: toDecimal(remaining, customer.currency),
    ...head(creditMemo),
    DocNumber: creditMemo.number,
    TxnDate: dayText(creditMemo.on),
    Line: saleLines(creditMemo.sale, customer.currency, false),
    TxnTaxDetail: taxDetail(creditMemo.sale, customer.currency),
    CustomerRef: customerRef(customer),
    CustomerMemo: { value: creditMemo.memo },
    BillAddr: billingAddress(customer),
    ...amounts(customer.currency, creditMemo.sale.total, remaining, style),
    ApplyTaxAfterDiscount: false,
    PrintStatus: 'NeedToPrint',
    EmailStatus: 'NotSet',
    ...(customer.email === undefined ? {} : { BillEmail: { Address: customer.email } }),
  }
}

/** A sales receipt and a refund receipt have the same fields; the ledger account is where the money went, or came from. */
export function receiptJson(customer: CustomerPlan, receipt: ReceiptPlan, style: Style): object {
  const method = paymentMethods.find(({ id }) => id === receipt.methodId)
  return {
    ...head(receipt),
    DocNumber: receipt.number,
    TxnDate: dayText(receipt.on),
    Line: saleLines(receipt.sale, customer.currency, false),
    TxnTaxDetail: taxDetail(receipt.sale, customer.currency),
    CustomerRef: customerRef(customer),
    ...(receipt.memo === undefined ? {} : { CustomerMemo: { value: receipt.memo } }),
    BillAddr: billingAddress(customer),
    ...amounts(customer.currency, receipt.sale.total, 0, style),
    PaymentMethodRef: { value: receipt.methodId, name: method?.name },
    DepositToAccountRef: { value: ledger.checking, name: 'Checking' },
    ApplyTaxAfterDiscount: false,
    PrintStatus: 'NotSet',
    EmailStatus: 'NotSet',
  }
}

/** The fields that every object of QuickBooks begins with. */
export function head(plan: Stamps & { id: number }): object {
  const created = pacificTime(plan.createdOn, plan.createdSecond)
  const updated = pacificTime(plan.updatedOn, plan.updatedSecond)
  return { domain: 'QBO', sparse: false, Id: String(plan.id), SyncToken: String(plan.syncToken), MetaData: { CreateTime: created, LastUpdatedTime: updated } }
}

export function customerRef(customer: CustomerPlan): { value: string; name: string } {
  return { value: String(customer.id), name: fullName(customer) }
}

/** The name with its parents before it, `Harbour Coffee Roasters:Canal Park Café`. */
export function fullName(customer: CustomerPlan): string {
  const own = shownName(customer)
  return customer.parent ? `${fullName(customer.parent)}:${own}` : own
}

/** QuickBooks marks an inactive name, so that it can be given anew. */
export function shownName(customer: CustomerPlan): string {
  return customer.active ? customer.displayName : `${customer.displayName} (deleted)`
}

export function currencyFields(currency: CurrencyCode, style: Style): object {
  if (!style.multiCurrency) return {}
  return { CurrencyRef: { value: currency, name: currencyNames[currency] }, ExchangeRate: currency === 'USD' ? 1 : foreign[currency].rateMillionths / 1_000_000 }
}

function amounts(currency: CurrencyCode, total: Minor, balance: Minor, style: Style): object {
  const home = { HomeTotalAmt: toDecimal(homeAmount(total, currency), 'USD'), HomeBalance: toDecimal(homeAmount(balance, currency), 'USD') }
  return { ...currencyFields(currency, style), TotalAmt: toDecimal(total, currency), Balance: toDecimal(balance, currency), ...(style.multiCurrency ? home : {}) }
}

/** How amounts are written on a form: all 0 on a void one. */
type Pen = { voided: boolean; money(amount: Minor): number }

function saleLines(sale: SalePlan, currency: CurrencyCode, voided: boolean): object[] {
  const pen: Pen = { voided, money: amount => (voided ? 0 : toDecimal(amount, currency)) }
  const lines: object[] = sale.lines.map((line, index) => ({ Id: String(index + 1), LineNum: index + 1, ...lineJson(line, pen) }))
  const discount = { DiscountAccountRef: { value: ledger.discounts, name: 'Discounts given' }, PercentBased: true, DiscountPercent: sale.discountPercent }
  lines.push({ Amount: pen.money(sale.subtotal), DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} })
  if (sale.discountPercent > 0) lines.push({ Amount: pen.money(sale.discount), DetailType: 'DiscountLineDetail', DiscountLineDetail: discount })
  return lines
}

function lineJson(line: LinePlan, pen: Pen): object {
  switch (line.kind) {
    case 'product':
      return productJson(line, pen)
    case 'note':
      return { Description: line.text, DetailType: 'DescriptionOnly', DescriptionLineDetail: {} }
    case 'shipping':
      return { Amount: pen.money(line.amount), DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: 'SHIPPING_ITEM_ID' }, TaxCodeRef: { value: 'NON' } } }
    case 'bundle':
      return {
        Description: line.bundle.description,
        Amount: pen.money(line.lines.reduce((sum, part) => sum + part.amount, 0)),
        DetailType: 'GroupLineDetail',
        GroupLineDetail: {
          GroupItemRef: { value: line.bundle.id, name: line.bundle.name },
          Quantity: line.quantity / 100,
          Line: line.lines.map((part, index) => ({ Id: String(1000 + index), LineNum: index + 1, ...productJson(part, pen) })),
        },
      }
  }
}

function productJson(line: ProductLine, { voided, money }: Pen): object {
  return {
    Description: line.description,
    Amount: money(line.amount),
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: {
      ItemRef: { value: line.product.id, name: `${line.product.category}:${line.product.name}` },
      ...(voided ? {} : { UnitPrice: money(line.unitPrice) }),
      Qty: voided ? 0 : line.quantity / 100,
      TaxCodeRef: { value: line.taxed ? 'TAX' : 'NON' },
    },
  }
}

function taxDetail(sale: SalePlan, currency: CurrencyCode): object {
  if (sale.taxLines.length === 0) return { TotalTax: 0 }
  return {
    TxnTaxCodeRef: { value: salesTaxCode.id },
    TotalTax: toDecimal(sale.tax, currency),
    TaxLine: sale.taxLines.map(line => ({
      Amount: toDecimal(line.amount, currency),
      DetailType: 'TaxLineDetail',
      TaxLineDetail: {
        TaxRateRef: { value: line.part.id },
        PercentBased: true,
        TaxPercent: line.part.percentThousandths / 1_000,
        NetAmountTaxable: toDecimal(line.net, currency),
      },
    })),
  }
}

function billingAddress(customer: CustomerPlan): object {
  const { line1, city, state, postalCode } = customer.address
  return { Id: `${customer.id}1`, Line1: `${customer.givenName} ${customer.familyName}`, Line2: customer.companyName ?? line1, Line3: line1, Line4: `${city}, ${state} ${postalCode}`.replace(',  ', ', ') }
}

/** A customer's place of business, as its own record and the forms' shipping address carry it. */
export function addressJson(customer: CustomerPlan): object {
  const { line1, city, state, postalCode } = customer.address
  return { Id: `${customer.id}1`, Line1: line1, City: city, ...(state === '' ? {} : { CountrySubDivisionCode: state }), PostalCode: postalCode }
}
