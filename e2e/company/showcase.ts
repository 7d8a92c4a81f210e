import { fieldsOf, partAt, refAt, textAt } from './fields.ts'
import type { CompanyReader } from './identities.ts'

export type ShownCustomer = { id: string; name: string; email: string }

/**
 * The customer whom a visitor of the sandbox plays in a company that was not written for it: active, with one e-mail address,
 * and with more open invoices than the others. Undefined where no customer has an address.
 */
export function chooseShownCustomer(reader: CompanyReader): ShownCustomer | undefined {
  const openInvoices = new Map<string, number>()
  for (const object of reader.objects('Invoice')) {
    const invoice = fieldsOf(object)
    const customer = refAt(invoice, 'CustomerRef')
    if (customer !== undefined && Number(invoice['Balance']) > 0) openInvoices.set(customer, (openInvoices.get(customer) ?? 0) + 1)
  }
  let chosen: { customer: ShownCustomer; open: number } | undefined
  for (const object of reader.objects('Customer')) {
    const fields = fieldsOf(object)
    const [id, email] = [textAt(fields, 'Id'), textAt(partAt(fields, 'PrimaryEmailAddr'), 'Address')]
    if (id === undefined || email === undefined || !/^[^@\s,;]+@[^@\s,;]+$/.test(email) || fields['Active'] === false) continue
    const open = openInvoices.get(id) ?? 0
    if (!chosen || open > chosen.open) chosen = { customer: { id, name: textAt(fields, 'DisplayName') ?? email, email }, open }
  }
  return chosen?.customer
}
