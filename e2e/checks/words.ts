import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSource, isTest, listFiles } from './files.ts'
import type { Finding } from './finding.ts'

/** What must not be written, where, and what to write instead. */
type Ban = { rule: string; pattern: RegExp; where: (path: string) => boolean; text: string }

const product = (path: string) => /^(api|db|widget)\//.test(path) && isSource(path) && !isTest(path)
const written = (path: string) => path !== 'package-lock.json' && /[.](tsx?|mjs|js|css|html|json|md|ya?ml|sql)$|^[.]ci\//.test(path)

const bans: readonly Ban[] = [
  {
    rule: 'no-html-sinks',
    pattern: /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|setHTMLUnsafe|srcdoc|document[.]write(ln)?)\b/,
    where: path => product(path) && !path.startsWith('db/'),
    text: 'Text becomes markup here. Make elements, or use JSX, which escapes.',
  },
  { rule: 'no-raw-sql', pattern: /\bsql\s*[.]\s*raw\b/, where: isSource, text: 'Bind the value, or choose between two written queries.' },
  {
    rule: 'environment-has-one-reader',
    pattern: /\bprocess[.](env|argv)\b|\bimport[.]meta[.]env\b/,
    where: path => product(path) && path !== 'api/config.ts' && path !== 'db/drizzle.config.ts',
    text: 'api/config.ts alone reads the environment. Take the value as an argument.',
  },
  {
    rule: 'no-float-money',
    pattern: /\bparseFloat\(|[.]toFixed\(|Math[.](round|floor|ceil|trunc)\([^()]*\* ?100\)/,
    where: path => product(path) && path !== 'api/domain/money.ts',
    text: 'Amounts are whole minor units; api/domain/money.ts reads and writes decimals.',
  },
  { rule: 'no-console', pattern: /\bconsole[.]\w+\(/, where: path => product(path) && !path.startsWith('widget/'), text: 'Log through the port, which leaves secrets out.' },
  { rule: 'no-swallowed-errors', pattern: /\bcatch\s*(\([^)]*\))?\s*\{\s*\}|[.]catch\(\(\w*\)\s*=>\s*(\{\s*\}|undefined|null)\)/, where: isSource, text: 'Say what happens after this failure, or let it pass upwards.' },
  {
    rule: 'no-unrun-tests',
    pattern: /\b(it|test|describe|suite)([.]\w+)*[.](skip|only|todo|skipIf|runIf)\b|\b(xit|xdescribe|fit|fdescribe)\(/,
    where: isTest,
    text: 'Each test runs, always.',
  },
  {
    rule: 'no-fixed-sleeps',
    pattern: /\bwaitForTimeout\b|\bsetTimeout\([^;\n]*,\s*\d[\d_]{2,}|\b(sleep|wait|delay|pause)\(\s*\d[\d_]{2,}/,
    where: isTest,
    text: 'Wait for what must happen (expect.poll, vi.waitFor, locator.waitFor), or move the clock.',
  },
  { rule: 'no-unfinished-work', pattern: /\b(TO[D]O|FIX[M]E|HA[C]K)\b|\b[Nn]ot implemente[d]\b/, where: path => isSource(path) || path.endsWith('.mjs'), text: 'Finish it, or leave it out.' },
  { rule: 'no-registry-hosts', pattern: /registry[.](npmjs|yarnpkg)|npmm[i]rror|npm[.]pkg[.]github/, where: path => written(path) || path === '.npmrc', text: 'Where packages come from is the machine’s own affair.' },
  { rule: 'no-download-addresses', pattern: /"resolved":\s*"https?:/, where: path => path === 'package-lock.json', text: 'Lock versions and digests, not addresses: omit-lockfile-registry-resolved=true in .npmrc, then npm install.' },
]

const vagueNames = /^(utils?|helpers?|common|shared|managers?|misc)([.]|$)/

/** Words that must not stand in the files they are banned from, tests that assert nothing, and names that say nothing. */
export async function checkWords(root: string): Promise<Finding[]> {
  const files = await listFiles(root)
  const ownPath = new RegExp(String.raw`(?<![\w.])(?:${root.replace(/[^\w/-]/g, String.raw`\$&`)}|/(?:home|Users|root)/[\w.-]+/)`)
  const found = await Promise.all(files.filter(path => written(path) || path === '.npmrc' || path === 'package-lock.json').map(async path => findIn(path, await readFile(join(root, path), 'utf8'), ownPath)))
  return [...found.flat(), ...files.filter(isSource).flatMap(vagueParts)]
}

function findIn(path: string, text: string, ownPath: RegExp): Finding[] {
  const findings: Finding[] = []
  for (const { rule, pattern, where, text: advice } of bans) {
    if (where(path)) for (const line of linesOf(text, pattern)) findings.push({ rule, place: `${path}:${line}`, text: advice })
  }
  if (written(path)) for (const line of linesOf(text, ownPath)) findings.push({ rule: 'no-machine-paths', place: `${path}:${line}`, text: 'This path exists on one machine only.' })
  if (isTest(path) && !/\b(expect|assert)\b/.test(text)) findings.push({ rule: 'tests-assert', place: path, text: 'No test of this file asserts anything.' })
  return findings
}

function linesOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(new RegExp(pattern, `g${pattern.flags}`))].map(match => text.slice(0, match.index).split('\n').length)
}

function vagueParts(path: string): Finding[] {
  const vague = [...dirname(path).split('/'), basename(path)].find(part => vagueNames.test(part))
  return vague === undefined ? [] : [{ rule: 'names-say-what', place: path, text: `"${vague}" says nothing. Name the folder or file after the noun or verb it holds.` }]
}
