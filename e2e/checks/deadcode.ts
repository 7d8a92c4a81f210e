import { z } from 'zod'
import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

const issue = z.object({ file: z.string() }).catchall(z.array(z.object({ name: z.string(), line: z.number().optional() }).or(z.array(z.object({ name: z.string() })))))
const report = z.object({ issues: z.array(issue) })

const advice: Record<string, string> = {
  files: 'Nothing imports this file: delete it, or name it in .knip.json when a tool loads it.',
  exports: 'Nothing imports it: drop the export, or the thing itself.',
  types: 'Nothing imports this type: drop the export.',
  dependencies: 'No code uses this package: uninstall it.',
  devDependencies: 'No code uses this package: uninstall it.',
  unlisted: 'It is used but not in package.json.',
  unresolved: 'The import leads nowhere.',
}

/** Files, exports and packages that nothing uses, as knip sees them. */
export async function checkDeadCode(root: string): Promise<Finding[]> {
  const run = await runTool('knip', ['--reporter', 'json', '--no-progress', '--no-config-hints'], root)
  if (!run.stdout.startsWith('{')) throw new Error(`knip failed: ${run.stderr.trim() || run.stdout.trim()}`)
  return report.parse(JSON.parse(run.stdout)).issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      found.flat().map(({ name, ...rest }) => ({
        rule: `unused ${kind}`,
        place: 'line' in rest && rest.line ? `${file}:${rest.line}` : file,
        text: `${name === file ? '' : `${name}: `}${advice[kind] ?? 'see knip’s handbook on this kind of finding.'}`,
      })),
    ),
  )
}
