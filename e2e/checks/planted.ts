import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A small project in a temporary folder, gone when the test ends: `files` as given, and `copied` from the real project. */
export async function plantedProject(files: Readonly<Record<string, string>>, copied: readonly string[] = []): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'planted-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const path of copied) await cp(join(project, path), join(root, path), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}
