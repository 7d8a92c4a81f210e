/**
 * What the API tells a customer's page. The widget, the landing page and the pay page show these and compute nothing
 * but the total of a selection; texts are written in the language that the request asked for.
 */

/** An amount as a number of minor units for arithmetic and as a text for reading, e.g. "$1,240.00". */
export type MoneyView = { amount: number; currency: string; text: string }

export type InvoiceState = 'draft' | 'open' | 'due_soon' | 'overdue' | 'partly_paid' | 'processing' | 'paid' | 'void'

export type InvoiceRow = {
  id: string
  /** The number as the merchant wrote it; null where QuickBooks holds none. */
  number: string | null
  /** Whose invoice it is: one payment is of one customer, because QuickBooks takes it so. */
  customerId: string
  /** Told only where the page shows more than one customer. */
  customerName: string | null
  issuedOn: string
  issuedText: string
  dueOn: string | null
  /** "Due 3 Dec", "Paid 3 Dec", "Issued 3 Dec" */
  dueText: string
  /** "in 12 days", "9 days late", "today"; empty where nothing is due. */
  dueHint: string
  state: InvoiceState
  /** "Overdue", "Partly paid" … */
  stateText: string
  total: MoneyView
  balance: MoneyView
  /** What can be paid now: the balance less what is on its way. */
  payable: MoneyView
  /** A payment on its way: "Card payment being confirmed", "Bank payment, arriving by 8 Dec". */
  processingText: string | null
  canPay: boolean
  /** Why it cannot be paid now, as a sentence; null where it can or where nothing is owed. */
  whyNot: string | null
}

export type InvoiceCounts = { open: number; overdue: number; processing: number; paid: number; all: number }
export type InvoiceFilter = 'open' | 'overdue' | 'processing' | 'paid' | 'all'
export type InvoiceSort = 'due' | '-due' | 'issued' | '-issued' | 'amount' | '-amount' | 'number' | '-number'
export type InvoiceList = { invoices: InvoiceRow[]; nextCursor: string | null; counts: InvoiceCounts }

export type CurrencyTotals = {
  currency: string
  owed: MoneyView
  overdue: MoneyView
  /** Credit notes and payments that no invoice has used yet. */
  credit: MoneyView
  openCount: number
  overdueCount: number
}

export type CreditView = { id: string; kind: 'credit_memo' | 'unapplied_payment'; number: string | null; onText: string; remaining: MoneyView }

export type MerchantView = {
  name: string
  logoUrl: string | null
  /** A CSS colour; null means ours. */
  accent: string | null
  supportEmail: string | null
}

export type PortalView = {
  merchant: MerchantView
  /** The customers that this caller may see; more than one where an e-mail address serves several. */
  customers: { id: string; name: string }[]
  /** `invoice` where the link shows one invoice alone. */
  scope: 'customer' | 'invoice'
  /** The invoice that the link was mailed for, to be shown first. */
  focusInvoiceId: string | null
  totals: CurrencyTotals[]
  credits: CreditView[]
  /** "Your last invoice was paid on 3 Dec."; null where none ever was. */
  lastPaidText: string | null
  payment: { enabled: boolean; whyNot: string | null; partial: boolean; several: boolean }
  list: InvoiceList
  /** Where the server stood when it answered; the event stream goes on from here. */
  version: number
}

export type InvoiceLineView = {
  kind: 'item' | 'group' | 'note' | 'subtotal' | 'discount' | 'shipping'
  name: string | null
  description: string | null
  /** As QuickBooks states it, e.g. "2.5"; null where it states none. */
  quantity: string | null
  unitPrice: string | null
  amount: MoneyView | null
  lines: InvoiceLineView[]
}

export type InvoiceDetail = InvoiceRow & {
  customerName: string
  billTo: string[]
  terms: string | null
  memo: string | null
  lines: InvoiceLineView[]
  subtotal: MoneyView
  discount: MoneyView | null
  tax: { name: string; amount: MoneyView }[]
  taxTotal: MoneyView | null
  deposit: MoneyView | null
  shipping: MoneyView | null
  /** Payments and credits put against this invoice, oldest first. */
  applied: { kind: 'payment' | 'credit'; onText: string; text: string; amount: MoneyView }[]
  history: HistoryEvent[]
  /** Where the document can be fetched with the same right to see; null where QuickBooks has none. */
  pdfUrl: string | null
}

export type HistoryEvent = { at: string; atText: string; text: string }

/** What may be asked of `POST /v1/checkouts`. `amount` in minor units; absent means the whole payable amount. */
export type CheckoutRequest = { invoices: { invoiceId: string; amount?: number }[]; returnUrl?: string }
export type CheckoutCreated = {
  /** The hosted pay page, for a top-level visit. */
  url: string
  /** The same page for a frame of the origins that the merchant allows. */
  frameUrl: string
  expiresAt: string
}

export type CheckoutLine = { invoiceId: string; number: string | null; dueText: string; amount: MoneyView; remainsText: string | null }

/** All that the hosted pay page shows. */
export type CheckoutView = {
  state: 'ready' | 'paying' | 'processing' | 'paid' | 'expired' | 'changed'
  merchant: MerchantView
  customerName: string
  customerEmail: string | null
  lines: CheckoutLine[]
  total: MoneyView
  /** Why the page cannot take a payment now, as a sentence with the next step. */
  notice: string | null
  stripe: {
    scriptUrl: string
    publishableKey: string
    stripeAccount: string | null
    customerSessionClientSecret: string | null
  } | null
  payment: PaymentView | null
  returnUrl: string | null
}

/** `POST /pay/<checkout>/payments`. The page makes `paymentId` ("pay_" and 26 characters of a ULID) and keeps it for every retry of the same click. */
export type PaymentRequest = { paymentId: string; confirmationToken: string; /** Ends the attempt in another window first. */ replaceOpen?: boolean | undefined }

export type PaymentView = {
  id: string
  state: 'needs_action' | 'processing' | 'succeeded' | 'failed' | 'unknown'
  /** For `needs_action`: what the provider's own script needs to go on. */
  clientSecret: string | null
  /** What happened, what was not done, what to do now. */
  message: string | null
  receipt: ReceiptView | null
}

export type ReceiptView = {
  /** Our short reference, the same that QuickBooks shows. */
  reference: string
  /** "3 Dec" */
  paidText: string
  method: string
  total: MoneyView
  lines: { number: string | null; amount: MoneyView; remains: MoneyView }[]
  emailedTo: string | null
}

/** RFC 9457, with what the reader should do next. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  /** The request's id, to quote to support. */
  requestId: string
  /** For `balance-changed` and `already-paying`: the invoices as they are now. */
  invoices?: InvoiceRow[]
  /** For `invalid-request`: what is wrong, field by field. */
  faults?: { field: string; message: string }[]
}

/** A server-sent event named `changed`: something that this caller may see is different now. */
export type ChangedEvent = { version: number; invoices: string[]; said: string[] }

/** What the landing page's server bundle writes: the list as it stands, or one invoice of it. */
export type LandingInput = {
  view: PortalView
  /** The invoice to show instead of the list. */
  detail: InvoiceDetail | null
  /** Where the page's links and forms go: "/i/<token>". */
  base: string
  filter: InvoiceFilter
  query: string
  sort: InvoiceSort
  /** Counts from 1. */
  page: number
  locale: string
  /** What the last step came to, as a sentence; null where there is nothing to say. */
  notice: string | null
}
