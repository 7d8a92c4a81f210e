import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { z } from 'zod'
import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

const manifest = z.object({ files: z.record(z.string(), z.object({ kind: z.string() })) })
const folder = 'widget/dist'

/** Bytes that may go over the wire, in brotli at its best: what a visitor of a merchant's page pays, and what a click adds. */
const budgets: Readonly<Record<string, number>> = { entry: 12_000, chunk: 8_000 }

/** The widget builds, and what it becomes keeps within its budgets. */
export async function checkBuild(root: string): Promise<Finding[]> {
  const run = await runTool('node', ['e2e/ensure.mjs'], root)
  if (run.status === 0) return checkSizes(root)
  const said = `${run.stdout}\n${run.stderr}`.split('\n').filter(line => /error|weighs/i.test(line))
  return [{ rule: 'widget-builds', place: 'vite.config.ts', text: said.join(' ') || 'npm run build failed; run it to see why.' }]
}

/** Weighs what stands in `widget/dist`, file by file as its manifest lists them. */
export async function checkSizes(root: string): Promise<Finding[]> {
  const path = join(root, folder, 'manifest.json')
  if (!existsSync(path)) return [{ rule: 'sizes', place: folder, text: 'There is no manifest.json, so nothing was weighed: run npm run build.' }]
  const { files } = manifest.parse(JSON.parse(await readFile(path, 'utf8')))
  const weighed = await Promise.all(
    Object.entries(files).map(async ([name, { kind }]) => {
      const content = await readFile(join(root, folder, name))
      return { name, kind, weight: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length }
    }),
  )
  const heavy = weighed.flatMap(({ name, kind, weight }) => {
    const budget = budgets[kind]
    return budget !== undefined && weight > budget ? [{ rule: 'sizes', place: `${folder}/${name}`, text: `weighs ${weight} bytes in brotli; ${budget} are allowed.` }] : []
  })
  const absent = Object.keys(budgets).filter(kind => !weighed.some(file => file.kind === kind))
  return [...heavy, ...absent.map(kind => ({ rule: 'sizes', place: folder, text: `The manifest lists no ${kind}, so none was weighed.` }))]
}
