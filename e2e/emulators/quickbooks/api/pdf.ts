import PDFDocument from 'pdfkit'
import type { Entity } from '../books/entities.ts'
import { objectAt, objectsAt, textAt, type JsonObject } from '../books/json.ts'
import { refuse } from '../books/refusal.ts'
import { ok, read, type AccountingParts, type Answer, type Call } from './parts.ts'

/** A transaction on paper: who, what, how much. Throws 610 where it is not there. */
export async function pdf(parts: AccountingParts, call: Call, entity: Entity, id: string): Promise<Answer> {
  if (!/^\d+$/.test(id)) throw refuse.badId(id)
  const object = parts.books.read(call.realmId, entity.name, id)
  if (!object) throw refuse.notFound()
  const bytes = await printed(entity, object, parts.books.company(call.realmId)?.name ?? '')
  const name = `${entity.name}_${textAt(object, 'DocNumber') ?? id}.pdf`.replace(/[^\w.]/g, '_')
  return ok(new Response(bytes, { headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename="${name}"` } }), read(`pdf ${entity.name}`))
}

const titles: Readonly<Record<string, string>> = { Invoice: 'INVOICE', Payment: 'PAYMENT RECEIPT', CreditMemo: 'CREDIT MEMO', SalesReceipt: 'SALES RECEIPT', RefundReceipt: 'REFUND RECEIPT' }

async function printed(entity: Entity, object: JsonObject, company: string): Promise<Uint8Array<ArrayBuffer>> {
  const document = new PDFDocument({ size: 'LETTER', margin: 54, info: { Title: `${titles[entity.name] ?? entity.name} ${textAt(object, 'DocNumber') ?? ''}`, Author: company } })
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk))
    document.on('end', resolve)
    document.on('error', reject)
  })
  const currency = textAt(objectAt(object, 'CurrencyRef'), 'value') ?? 'USD'
  document.fontSize(18).text(company).moveDown(0.5)
  document.fontSize(13).text(`${titles[entity.name] ?? entity.name} ${textAt(object, 'DocNumber') ?? textAt(object, 'Id') ?? ''}`).moveDown(0.5)
  document.fontSize(10)
  for (const [label, value] of headOf(object)) if (value !== undefined) document.text(`${label}: ${value}`)
  document.moveDown()
  for (const line of objectsAt(object, 'Line')) document.text(`${lineText(line)}    ${money(line['Amount'], currency)}`)
  document.moveDown()
  for (const [label, value] of sumsOf(object)) if (value !== undefined) document.text(`${label}: ${money(value, currency)}`, { align: 'right' })
  document.end()
  await ended
  return new Uint8Array(Buffer.concat(chunks))
}

function headOf(object: JsonObject): [string, string | undefined][] {
  return [
    ['Customer', textAt(objectAt(object, 'CustomerRef'), 'name')],
    ['Date', textAt(object, 'TxnDate')],
    ['Due', textAt(object, 'DueDate')],
    ['Reference', textAt(object, 'PaymentRefNum')],
    ['Message', textAt(objectAt(object, 'CustomerMemo'), 'value')],
  ]
}

function sumsOf(object: JsonObject): [string, JsonObject[string] | undefined][] {
  return [
    ['Tax', objectAt(object, 'TxnTaxDetail')['TotalTax']],
    ['Total', object['TotalAmt']],
    ['Deposit', object['Deposit']],
    ['Unapplied', object['UnappliedAmt']],
    ['Balance due', object['Balance']],
  ]
}

function lineText(line: JsonObject): string {
  const linked = objectsAt(line, 'LinkedTxn')[0]
  if (linked) return `${textAt(linked, 'TxnType') ?? ''} ${textAt(linked, 'TxnId') ?? ''}`
  const item = textAt(objectAt(objectAt(line, 'SalesItemLineDetail'), 'ItemRef'), 'name')
  return textAt(line, 'Description') ?? item ?? (textAt(line, 'DetailType') ?? '').replace(/LineDetail$/, '')
}

function money(value: JsonObject[string] | undefined, currency: string): string {
  return value === undefined ? '' : `${Number(value).toFixed(2)} ${currency}`
}
