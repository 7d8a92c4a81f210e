import { toDecimal } from './amounts.ts'
import { ledger, paymentMethods } from './catalog.ts'
import { dayText, pacificTime } from './dates.ts'
import { currencyFields, customerRef, head, type Style } from './json-sales.ts'
import type { Allocation, CustomerPlan, DepositPlan, PaymentPlan } from './plan.ts'

export function paymentJson(customer: CustomerPlan, payment: PaymentPlan, style: Style): object {
  const method = paymentMethods.find(({ id }) => id === payment.methodId)
  return {
    CustomerRef: customerRef(customer),
    ...(payment.to === 'none' ? {} : { DepositToAccountRef: { value: payment.to === 'undeposited' ? ledger.undeposited : ledger.checking } }),
    ...(method ? { PaymentMethodRef: { value: method.id } } : {}),
    ...(payment.reference === undefined ? {} : { PaymentRefNum: payment.reference }),
    TotalAmt: toDecimal(payment.total, customer.currency),
    UnappliedAmt: toDecimal(payment.unapplied, customer.currency),
    ProcessPayment: false,
    ...head(payment),
    TxnDate: dayText(payment.on),
    ...currencyFields(customer.currency, style),
    ...(payment.note === undefined ? {} : { PrivateNote: payment.note }),
    ...(payment.depositId === undefined ? {} : { LinkedTxn: [{ TxnId: String(payment.depositId), TxnType: 'Deposit' }] }),
    Line: payment.allocations.map(allocation => allocationJson(allocation, customer)),
  }
}

export function depositJson(deposit: DepositPlan, style: Style): object {
  const entered = pacificTime(deposit.on, 16 * 3600 - 300)
  return {
    domain: 'QBO',
    sparse: false,
    Id: String(deposit.id),
    SyncToken: '0',
    MetaData: { CreateTime: entered, LastUpdatedTime: entered },
    TxnDate: dayText(deposit.on),
    DepositToAccountRef: { value: ledger.checking, name: 'Checking' },
    TotalAmt: toDecimal(deposit.payments.reduce((sum, payment) => sum + payment.total, 0), 'USD'),
    ...currencyFields('USD', style),
    Line: deposit.payments.map(payment => ({
      Amount: toDecimal(payment.total, 'USD'),
      LinkedTxn: [{ TxnId: String(payment.id), TxnType: 'Payment', TxnLineId: '0' }],
    })),
  }
}

/** QuickBooks adds three name and value pairs in the clothes of its own serializer. */
function allocationJson({ amount, to }: Allocation, customer: CustomerPlan): object {
  const pairs = [
    ['txnId', String(to.id)],
    ['txnOpenBalance', toDecimal(to.openBefore, customer.currency).toFixed(2)],
    ...(to.number === undefined ? [] : [['txnReferenceNumber', to.number]]),
  ]
  const any = pairs.map(([Name, Value]) => ({
    name: '{http://schema.intuit.com/finance/v3}NameValue',
    declaredType: 'com.intuit.schema.finance.v3.NameValue',
    scope: 'javax.xml.bind.JAXBElement$GlobalScope',
    value: { Name, Value },
    nil: false,
    globalScope: true,
    typeSubstituted: false,
  }))
  return { Amount: toDecimal(amount, customer.currency), LinkedTxn: [{ TxnId: String(to.id), TxnType: to.type }], LineEx: { any } }
}
