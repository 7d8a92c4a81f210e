import { share, type CurrencyCode, type Minor } from './amounts.ts'

/** Something the demo company sells. Prices are US cents. */
export type Product = {
  id: string
  name: string
  category: string
  type: 'Service' | 'NonInventory'
  price: Minor
  taxed: boolean
  incomeAccountId: string
  description: string
}

/** Several products sold under one name; each part's `quantity` is in hundredths per bundle. */
export type Bundle = { id: string; name: string; description: string; parts: readonly { product: Product; quantity: number }[] }

export type TermOfPayment = { id: string; name: string; dueDays: number }

/** One part of the sales tax; the rate is in thousandths of a percent, e.g. 6.875 % → 6875. */
export type TaxPart = { id: string; name: string; agencyId: string; percentThousandths: number }

/** Ids of the ledger accounts that the generator posts to. */
export const ledger = {
  receivable: '84',
  receivableEuro: '85',
  receivableYen: '86',
  undeposited: '4',
  checking: '35',
  stripeClearing: '36',
  taxPayable: '89',
  labourIncome: '45',
  joineryIncome: '46',
  shippingIncome: '48',
  discounts: '49',
} as const

const workshop = { category: 'Workshop', type: 'NonInventory', taxed: true, incomeAccountId: ledger.joineryIncome } as const
const timber = { category: 'Timber & hardware', type: 'NonInventory', taxed: true, incomeAccountId: ledger.joineryIncome } as const
const service = { category: 'Services', type: 'Service', taxed: false, incomeAccountId: ledger.labourIncome } as const

export const products = {
  joinery: { id: '11', name: 'Joinery labor', price: 8_500, description: 'Bench joinery, per hour', ...service },
  installation: { id: '12', name: 'Installation', price: 9_500, description: 'Fitting on site, per hour', ...service },
  design: { id: '13', name: 'Design consultation', price: 12_000, description: 'Drawings and samples, per hour', ...service },
  survey: { id: '14', name: 'Site survey', price: 18_000, description: 'Measured survey of the room', ...service },
  repair: { id: '15', name: 'Repair and refinishing', price: 7_850, description: 'Repair, sanding and oiling, per hour', ...service },
  counter: { id: '21', name: 'Counter front', price: 13_240, description: 'Fluted oak counter front, per foot', ...workshop },
  worktop: { id: '22', name: 'Walnut worktop', price: 64_000, description: 'Oiled walnut worktop, 8 ft', ...workshop },
  door: { id: '23', name: 'Shaker door', price: 21_075, description: 'Painted shaker door, maple frame', ...workshop },
  drawer: { id: '24', name: 'Dovetail drawer', price: 14_525, description: 'Dovetail drawer with soft runners', ...workshop },
  seat: { id: '25', name: 'Window seat', price: 89_000, description: 'Window seat with lift-up lid', ...workshop },
  bookcase: { id: '26', name: 'Bookcase', price: 115_000, description: 'Six-shelf bookcase, ash', ...workshop },
  bench: { id: '27', name: 'Café bench', price: 47_560, description: 'Café bench, beech, 5 ft', ...workshop },
  oak: { id: '31', name: 'Oak board', price: 1_475, description: 'White oak board, per foot', ...timber },
  ply: { id: '32', name: 'Birch plywood', price: 9_380, description: 'Birch plywood sheet, 3/4 in', ...timber },
  handle: { id: '33', name: 'Brass handle', price: 1_250, description: 'Brass bar handle, 5 in', ...timber },
  oil: { id: '34', name: 'Hard-wax oil', price: 5_495, description: 'Hard-wax oil, 1 quart', ...timber },
} as const satisfies Record<string, Product>

export const bundles = {
  servingCounter: {
    id: '41',
    name: 'Fitted serving counter',
    description: 'Serving counter, made and fitted',
    parts: [
      { product: products.counter, quantity: 600 },
      { product: products.worktop, quantity: 100 },
      { product: products.installation, quantity: 400 },
    ],
  },
  drawerSet: {
    id: '42',
    name: 'Drawer set',
    description: 'Three drawers with handles',
    parts: [
      { product: products.drawer, quantity: 300 },
      { product: products.handle, quantity: 300 },
    ],
  },
} as const satisfies Record<string, Bundle>

export const categories = [
  { id: '1', name: 'Services' },
  { id: '2', name: 'Workshop' },
  { id: '3', name: 'Timber & hardware' },
] as const

export const terms = {
  onReceipt: { id: '1', name: 'Due on receipt', dueDays: 0 },
  net15: { id: '2', name: 'Net 15', dueDays: 15 },
  net30: { id: '3', name: 'Net 30', dueDays: 30 },
  net60: { id: '4', name: 'Net 60', dueDays: 60 },
} as const satisfies Record<string, TermOfPayment>

export const paymentMethods = [
  { id: '1', name: 'Cash', type: 'NON_CREDIT_CARD' },
  { id: '2', name: 'Check', type: 'NON_CREDIT_CARD' },
  { id: '3', name: 'Visa', type: 'CREDIT_CARD' },
  { id: '4', name: 'MasterCard', type: 'CREDIT_CARD' },
  { id: '5', name: 'American Express', type: 'CREDIT_CARD' },
  { id: '6', name: 'Bank transfer', type: 'NON_CREDIT_CARD' },
] as const

/** The sales tax of Duluth, Minnesota, in its three parts. */
export const taxParts = [
  { id: '3', name: 'Minnesota State', agencyId: '1', percentThousandths: 6_875 },
  { id: '4', name: 'St. Louis County', agencyId: '1', percentThousandths: 500 },
  { id: '5', name: 'Duluth City', agencyId: '1', percentThousandths: 1_500 },
] as const satisfies readonly TaxPart[]

/** The group of the three parts, as invoices name it in `TxnTaxCodeRef`. */
export const salesTaxCode = { id: '2', name: 'Duluth, MN' } as const

/** Rates are in millionths: one euro is 1.084 dollars. */
export const foreign = {
  EUR: { code: 'EUR', name: 'Euro', rateMillionths: 1_084_000, receivable: ledger.receivableEuro },
  JPY: { code: 'JPY', name: 'Japanese Yen', rateMillionths: 6_700, receivable: ledger.receivableYen },
} as const

export const currencyNames = { USD: 'United States Dollar', EUR: foreign.EUR.name, JPY: foreign.JPY.name } as const

/** What an amount is worth in US cents at the company's rate of exchange. */
export function homeAmount(amount: Minor, currency: CurrencyCode): Minor {
  if (currency === 'USD') return amount
  return share(amount, foreign[currency].rateMillionths * (currency === 'JPY' ? 100 : 1), 1_000_000)
}
