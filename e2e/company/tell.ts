import { generateCompany, type CompanyPart } from './generate.ts'
import { checkIdentities } from './identities.ts'

// `node e2e/company/tell.ts 1000000` writes the books of a company of that size past, keeps none of them, and says what it saw.
const invoices = Number(process.argv[2])
const counts: Record<string, number> = {}
const violations = checkIdentities(counted(generateCompany({ seed: 1, asOf: '2026-11-21', invoices })))
const [seconds, peakMegabytes] = [Math.round(performance.now() / 100) / 10, Math.round(process.resourceUsage().maxRSS / 1024)]
process.stdout.write(`${JSON.stringify({ counts, violations, seconds, peakMegabytes })}\n`)

function* counted(source: Iterable<CompanyPart>): Generator<CompanyPart> {
  for (const { entity, objects } of source) {
    yield { entity, objects: counting(entity, objects) }
  }
}

function* counting(entity: string, objects: Iterable<object>): Generator<object> {
  for (const object of objects) {
    counts[entity] = (counts[entity] ?? 0) + 1
    yield object
  }
}
