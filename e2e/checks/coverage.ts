import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isTest, listFiles } from './files.ts'
import type { Finding } from './finding.ts'
import { promised, type ProductRows } from './rows.ts'

export type Proof = { id: string; title: string; path: string }

const page = 'docs/coverage.md'
const id = String.raw`(?:(?:IL|AP|CC|TO)\d+|17-\d+)`
/** A test's title that begins with one or more ids: `AP7: …`, `AP7 IL30: …`. */
const titled = new RegExp(String.raw`(['"\x60])(${id}(?:[ ,]+${id})*): ((?:(?!\1).)+)\1`, 'g')

/** `docs/coverage.md` is what the rows and the tests make it, and no test proves a row that does not exist. */
export async function checkCoverage(root: string): Promise<Finding[]> {
  const proofs = await findProofs(root)
  const known = new Set(promised.flatMap(({ rows }) => Object.keys(rows)))
  const findings: Finding[] = proofs.filter(proof => !known.has(proof.id)).map(proof => ({ rule: 'rows-exist', place: proof.path, text: `"${proof.id}" is no row of e2e/checks/rows.ts.` }))
  const standing = await readFile(join(root, page), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (standing !== coveragePage(promised, proofs)) findings.push({ rule: 'coverage-fresh', place: page, text: 'It is not what the tests say now: run npm run check -- --fix.' })
  return findings
}

/** The tests whose title names a row, in the order of their files. */
export async function findProofs(root: string): Promise<Proof[]> {
  const tests = (await listFiles(root)).filter(path => isTest(path) && !path.startsWith('e2e/checks/'))
  const found = await Promise.all(
    tests.map(async path => {
      const text = await readFile(join(root, path), 'utf8')
      return [...text.matchAll(titled)].flatMap(([, , ids = '', title = '']) => ids.split(/[ ,]+/).map(id => ({ id, title: title.replaceAll('\\', ''), path })))
    }),
  )
  return found.flat()
}

export function coveragePage(products: readonly ProductRows[], proofs: readonly Proof[]): string {
  const proofsOf = new Map<string, Proof[]>()
  for (const proof of proofs) proofsOf.set(proof.id, [...(proofsOf.get(proof.id) ?? []), proof])
  const total = products.reduce((sum, { rows }) => sum + Object.keys(rows).length, 0)
  const proven = products.reduce((sum, { rows }) => sum + Object.keys(rows).filter(row => proofsOf.has(row)).length, 0)
  const tables = products.map(({ product, rows }) => {
    const lines = Object.entries(rows).map(([row, promise]) => `| ${row} | ${promise} | ${proofsOf.get(row)?.map(linkTo).join('<br>') ?? 'not yet'} |`)
    return `## ${product}\n\n| row | what Quittance does | proven by |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  return `# Coverage\n\nWhat the five products that Quittance replaces can do, and the tests that prove that Quittance does it: ${proven} of ${total} rows.\nMade by \`npm run check -- --fix\` from the titles of the tests; edit those, not this page.\n\n${tables.join('\n')}`
}

function linkTo({ title, path }: Proof): string {
  return `[${title.replaceAll('|', '\\|')}](../${path})`
}
