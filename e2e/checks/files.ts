import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

const madeByTools = new Set(['node_modules', '.git', '.data', 'coverage', 'dist'])

/** Every file of the project that people write, as sorted paths relative to `root` with forward slashes. */
export async function listFiles(root: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (madeByTools.has(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await walk(path)
      else found.push(relative(root, path).replaceAll('\\', '/'))
    }
  }
  await walk(root)
  return found.toSorted()
}

export function isSource(path: string): boolean {
  return /^(api|db|widget|e2e)\/.*[.]tsx?$/.test(path)
}

export function isTest(path: string): boolean {
  return /[.](test|spec)[.]tsx?$/.test(path)
}
