import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

/** The TypeScript compiler's errors. */
export async function checkTypes(root: string): Promise<Finding[]> {
  const run = await runTool('tsc', ['--noEmit', '--pretty', 'false', '-p', '.'], root)
  const findings = [...run.stdout.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(([, file, line, rule = '', text = '']) => ({ rule, place: `${file}:${line}`, text }))
  if (run.status !== 0 && findings.length === 0) throw new Error(`tsc failed: ${run.stdout}${run.stderr}`)
  return findings
}
