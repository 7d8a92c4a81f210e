import { z } from 'zod'
import { isSource, listFiles } from './files.ts'
import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

const cruise = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string() })) }),
  }),
})

/** The import rules of `.dependency-cruiser.mjs`. A module that the cruiser did not read is itself a finding: an unread module breaks no rule. */
export async function checkLayers(root: string): Promise<Finding[]> {
  const sources = (await listFiles(root)).filter(isSource)
  const folders = new Set(sources.map(path => path.slice(0, path.indexOf('/'))))
  if (folders.size === 0) return [{ rule: 'reads-modules', place: root, text: 'There is no module to check the layers of.' }]
  const run = await runTool('depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders], root)
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${run.stderr.trim() || run.stdout.trim()}`)
  const { modules, summary } = cruise.parse(JSON.parse(run.stdout))
  const read = new Set(modules.map(module => module.source))
  const advice = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]))
  return [
    ...sources.filter(path => !read.has(path)).map(path => ({ rule: 'reads-modules', place: path, text: 'The layer check did not read this module. Does dependency-cruiser know this version of TypeScript?' })),
    ...summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, place: from, text: `imports ${to}. ${advice.get(rule.name) ?? ''}` })),
  ]
}
