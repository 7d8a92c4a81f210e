import { demoCustomer } from '../company/demo.ts'
import type { CompanyPart } from '../company/generate.ts'

/** What somebody may write into any field of QuickBooks; each would set `hurt`, widen the page or turn its text if a page took it for more than text. */
export const payload = `<img src=x onerror=hurt=1>"'\`\u202E\u2066👩‍👩‍👧 =cmd|' /C calc'!A0 {{7*7}}<svg/onload=hurt=1>`
const scripts = `</script><script>hurt=1</script></style><style>*{display:none!important}</style>`
const long = `${payload}${scripts}\u0007\u001B[31m\u0085\uFEFF ${'memo'.repeat(25_000)}`

/** Fields that QuickBooks itself fills: ids, kinds, states, days, codes. Every other text is somebody's. */
const structural = /^(Id|value|SyncToken|domain|TxnId|TxnType|TxnLineId|Classification|Country|AmountsAre|GlobalTaxCalculation|FiscalYearStartMonth|\w*(Type|Status|Date|Time|TimeZone|Currency|Method|URI))$/

/** The same company, with every text that a person typed made hostile. Names stay different from each other, as QuickBooks wants them. */
export function* hostileCompany(parts: Iterable<CompanyPart>): Generator<CompanyPart> {
  for (const { entity, objects } of parts) yield { entity, objects: entity === 'Preferences' ? objects : hostileObjects(entity, objects) }
}

function* hostileObjects(entity: CompanyPart['entity'], objects: Iterable<object>): Generator<object> {
  for (const object of objects) yield { ...(spoiled(object, '') as object), ...(entity === 'Invoice' ? { CustomerMemo: { value: long } } : {}) }
}

function spoiled(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map(item => spoiled(item, field))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spoiled(part, name)]))
  if (typeof value !== 'string' || structural.test(field)) return value
  switch (field) {
    // The shop knows its visitor by this one.
    case 'Address': return value === demoCustomer.email ? value : `<img/src/onerror=hurt=1>.${value}`
    case 'DocNumber': return `"><b id=hurt>${value}`
    // It begins with a word that says what was voided.
    case 'PrivateNote': return `${value} ${payload}`
    default: return `${payload} ${value}`
  }
}
