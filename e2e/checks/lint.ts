import { z } from 'zod'
import { isSource, listFiles } from './files.ts'
import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

const report = z.object({
  number_of_files: z.number(),
  diagnostics: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      help: z.string().nullish(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number().optional() }) })),
    }),
  ),
})

/** The rules of `.oxlintrc.json`, those that need types included. */
export async function checkLint(root: string): Promise<Finding[]> {
  const run = await runTool('oxlint', ['--format', 'json'], root)
  if (!run.stdout.startsWith('{')) throw new Error(`oxlint failed: ${run.stderr.trim() || run.stdout.trim()}`)
  const { diagnostics, number_of_files: read } = report.parse(JSON.parse(run.stdout))
  const findings = diagnostics.map(({ message, code, help, filename, labels }) => ({
    rule: code ?? 'oxlint',
    place: `${filename}:${labels[0]?.span.line ?? 1}`,
    text: help ? `${message} ${help}` : message,
  }))
  const written = (await listFiles(root)).filter(isSource).length
  if (read < written) findings.push({ rule: 'reads-modules', place: '.oxlintrc.json', text: `oxlint read ${read} files, and there are ${written}.` })
  return findings
}
