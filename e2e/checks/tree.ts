import { readdir } from 'node:fs/promises'
import type { Finding } from './finding.ts'

const allowed = new Set(['widget', 'api', 'db', 'e2e', 'docs', 'package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json', 'README.md', 'node_modules'])

/** The top level holds what `docs/architecture.md` names, and nothing else. */
export async function checkTree(root: string): Promise<Finding[]> {
  const entries = await readdir(root)
  return entries
    .filter(name => !name.startsWith('.') && !allowed.has(name))
    .map(name => ({ rule: 'top-level', place: name, text: 'Put it into widget/, api/, db/, e2e/ or docs/.' }))
}
