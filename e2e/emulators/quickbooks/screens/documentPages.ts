import { html } from 'hono/html'
import type { Company } from '../books/books.ts'
import type { EntityName } from '../books/entities.ts'
import { objectAt, objectsAt, textAt, type JsonObject } from '../books/json.ts'
import { layout, type Html } from '../layout.ts'
import { amountText, customerLink, documentLink, invoiceTable, nameOfRef, paymentTable, table } from './tables.ts'

/** An object of the books, and the way to what it links to. */
export type Shown = {
  company: Company
  object: JsonObject
  read(entity: EntityName, id: string): JsonObject | undefined
  /** Documents of the customer that `object` is. */
  ofCustomer(entity: EntityName): JsonObject[]
}

export function paymentPage(shown: Shown): Html {
  const { company, object: payment } = shown
  const rows = objectsAt(payment, 'Line').flatMap(line =>
    objectsAt(line, 'LinkedTxn').map(
      link =>
        html`<tr>
          <td>${textAt(link, 'TxnType')}</td>
          <td>${linkTo(shown, link)}</td>
          <td class="amount">${amountText(line, 'Amount', company, payment)}</td>
        </tr>`,
    ),
  )
  const facts = [
    ['Customer', customerLink(payment, company)],
    ['Date', textAt(payment, 'TxnDate')],
    ['Reference', textAt(payment, 'PaymentRefNum')],
    ['Method', refText(payment, 'PaymentMethodRef')],
    ['Deposit to', refText(payment, 'DepositToAccountRef')],
    ['Unapplied', amountText(payment, 'UnappliedAmt', company)],
    ['Memo', textAt(payment, 'PrivateNote')],
  ] as const
  return documentPage(shown, `Payment of ${amountText(payment, 'TotalAmt', company)}`, facts, rows.length === 0 ? html`<p>Applied to nothing.</p>` : table(['Applied to', 'Number', '>Amount'], rows))
}

export function invoicePage(shown: Shown): Html {
  return salePage(shown, 'Invoice', 'Balance')
}

export function creditMemoPage(shown: Shown): Html {
  return salePage(shown, 'Credit memo', 'RemainingCredit')
}

export function customerPage(shown: Shown): Html {
  const { company, object: customer } = shown
  const facts = [
    ['E-mail', textAt(objectAt(customer, 'PrimaryEmailAddr'), 'Address')],
    ['Part of', refText(customer, 'ParentRef')],
    ['Balance', amountText(customer, 'Balance', company)],
    ['With jobs', textAt(customer, 'BalanceWithJobs') === undefined ? undefined : amountText(customer, 'BalanceWithJobs', company)],
  ] as const
  const documents = html`<h2>Invoices</h2>
    ${invoiceTable(shown.ofCustomer('Invoice'), company)}
    <h2>Payments</h2>
    ${paymentTable(shown.ofCustomer('Payment'), company)}`
  return documentPage(shown, textAt(customer, 'DisplayName') ?? 'Customer', facts, documents)
}

function salePage(shown: Shown, kind: string, openKey: 'Balance' | 'RemainingCredit'): Html {
  const { company, object: sale } = shown
  const rows = objectsAt(sale, 'Line').map(
    line =>
      html`<tr>
        <td>${itemName(line)}</td>
        <td>${textAt(line, 'Description') ?? ''}</td>
        <td class="amount">${textAt(line, 'Amount') === undefined ? '' : lineAmount(line, company, sale)}</td>
      </tr>`,
  )
  const sums: [string, string][] = [
    ['Tax', amountText(objectAt(sale, 'TxnTaxDetail'), 'TotalTax', company, sale)],
    ['Total', amountText(sale, 'TotalAmt', company)],
    ...(textAt(sale, 'Deposit') === undefined ? [] : [['Deposit', `−${amountText(sale, 'Deposit', company)}`] as [string, string]]),
    [openKey === 'Balance' ? 'Balance due' : 'Remaining credit', amountText(sale, openKey, company)],
  ]
  const foot = sums.map(([name, amount]) => html`<tr><td colspan="2">${name}</td><td class="amount">${amount}</td></tr>`)
  const facts = [
    ['Customer', customerLink(sale, company)],
    ['Date', textAt(sale, 'TxnDate')],
    ['Due', textAt(sale, 'DueDate')],
    ['E-mail', [textAt(objectAt(sale, 'BillEmail'), 'Address'), textAt(sale, 'EmailStatus')].filter(Boolean).join(' · ')],
    ['Message', textAt(objectAt(sale, 'CustomerMemo'), 'value')],
    ['Memo', textAt(sale, 'PrivateNote')],
    ['Linked', objectsAt(sale, 'LinkedTxn').map(link => html`${textAt(link, 'TxnType')} ${linkTo(shown, link)} `)],
  ] as const
  return documentPage(shown, `${kind} ${textAt(sale, 'DocNumber') ?? textAt(sale, 'Id')}`, facts, table(['Item', 'Description', '>Amount'], rows, foot))
}

type Fact = readonly [string, Html | string | undefined | Html[]]

function documentPage({ company, object }: Shown, title: string, facts: readonly Fact[], body: Html): Html {
  const known = facts.filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
  return layout(
    title,
    html`<nav><a href="/">Companies</a> / <a href="/app/company/${company.realmId}">${company.name}</a></nav>
      <h1>${title}</h1>
      <dl>
        ${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
      </dl>
      <p class="small">Id ${textAt(object, 'Id')} · SyncToken ${textAt(object, 'SyncToken')} · changed ${textAt(objectAt(object, 'MetaData'), 'LastUpdatedTime')}</p>
      <h2>Details</h2>
      ${body}`,
    'wide',
  )
}

/** QuickBooks writes a discount as a positive amount and takes it off. */
function lineAmount(line: JsonObject, company: Company, sale: JsonObject): string {
  const amount = amountText(line, 'Amount', company, sale)
  return textAt(line, 'DetailType') === 'DiscountLineDetail' ? `−${amount}` : amount
}

function itemName(line: JsonObject): string {
  const type = textAt(line, 'DetailType') ?? ''
  switch (type) {
    case 'SalesItemLineDetail':
      return refText(objectAt(line, type), 'ItemRef') ?? ''
    case 'GroupLineDetail':
      return refText(objectAt(line, type), 'GroupItemRef') ?? ''
    case 'DiscountLineDetail':
      return 'Discount'
    case 'SubTotalLineDetail':
      return 'Subtotal'
    default:
      return ''
  }
}

function linkTo(shown: Shown, link: JsonObject): Html | string {
  const id = textAt(link, 'TxnId') ?? ''
  const type = textAt(link, 'TxnType')
  if (type === 'Invoice') return documentLink('invoice', id, shown.company, textAt(shown.read('Invoice', id) ?? {}, 'DocNumber') ?? id)
  if (type === 'CreditMemo') return documentLink('creditmemo', id, shown.company, textAt(shown.read('CreditMemo', id) ?? {}, 'DocNumber') ?? id)
  if (type === 'Payment') return documentLink('recvpayment', id, shown.company, id)
  return id
}

function refText(owner: JsonObject, key: string): string | undefined {
  return owner[key] === undefined ? undefined : nameOfRef(owner, key)
}
