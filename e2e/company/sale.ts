import { share, total, type CurrencyCode, type Minor } from './amounts.ts'
import { taxParts, type Bundle, type Product } from './catalog.ts'
import type { LinePlan, ProductLine, SalePlan } from './plan.ts'

/** @param quantity in hundredths; the price is the catalog's, in the customer's currency, unless given. */
export function productLine(product: Product, quantity: number, currency: CurrencyCode, taxable: boolean, unitPrice = priceIn(product.price, currency)): ProductLine {
  return { kind: 'product', product, description: product.description, quantity, unitPrice, amount: share(unitPrice, quantity, 100), taxed: taxable && product.taxed }
}

/** A bundle's line, `quantity` in hundredths. */
export function bundleLine(bundle: Bundle, quantity: number, currency: CurrencyCode, taxable: boolean): LinePlan {
  const lines = bundle.parts.map(part => productLine(part.product, share(part.quantity, quantity, 100), currency, taxable))
  return { kind: 'bundle', bundle, quantity, lines }
}

/** Adds a sale up the way QuickBooks does: discount before tax, each part of the tax rounded by itself. */
export function addUp(lines: LinePlan[], discountPercent = 0): SalePlan {
  const sold = lines.flatMap(productsOf)
  const subtotal = total(sold.map(line => line.amount))
  const shipping = total(lines.map(line => (line.kind === 'shipping' ? line.amount : 0)))
  const taxable = total(sold.map(line => (line.taxed ? line.amount : 0)))
  const net = taxable - share(taxable, discountPercent, 100)
  const taxLines = net > 0 ? taxParts.map(part => ({ part, net, amount: share(net, part.percentThousandths, 100_000) })) : []
  const tax = total(taxLines.map(line => line.amount))
  const discount = share(subtotal, discountPercent, 100)
  return { lines, subtotal, shipping, discountPercent, discount, taxLines, tax, total: subtotal + shipping - discount + tax }
}

/** A sale without lines, as a statement charge is. */
export function lumpSum(amount: Minor): SalePlan {
  return { lines: [], subtotal: amount, shipping: 0, discountPercent: 0, discount: 0, taxLines: [], tax: 0, total: amount }
}

export function productsOf(line: LinePlan): ProductLine[] {
  switch (line.kind) {
    case 'product':
      return [line]
    case 'bundle':
      return line.lines
    case 'note':
    case 'shipping':
      return []
  }
}

/** Abroad the same figure is asked in euros; in yen 150 for each dollar. */
function priceIn(cents: Minor, currency: CurrencyCode): Minor {
  return currency === 'JPY' ? share(cents, 150, 100) : cents
}
