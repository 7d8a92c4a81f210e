import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { LandingInput } from '../domain/views.ts'

const manifestSchema = z.object({
  files: z.record(z.string(), z.object({ kind: z.string(), sha384: z.string() })),
  pages: z.record(z.string(), z.object({ js: z.string(), css: z.array(z.string()) })),
})
type RenderLanding = (input: LandingInput) => { html: string; css: string }

/** What the widget's build left for us to serve. */
export type Assets = {
  /** The bytes of a built file that browsers may have, by its path in the build; null for any other path. */
  file(path: string): Promise<Uint8Array<ArrayBuffer> | null>
  page(name: 'landing' | 'pay' | 'console'): { js: string; css: string[] }
  renderLanding: RenderLanding
}

/** Reads the build's manifest. Throws an Error that says how to build where there is none. */
export async function loadAssets(dir: string): Promise<Assets> {
  const text = await readFile(join(dir, 'manifest.json'), 'utf8').catch((error: unknown) => {
    throw new Error(`The pages are not built: ${join(dir, 'manifest.json')} is missing. Run \`npm run build\` first.`, { cause: error })
  })
  const manifest = manifestSchema.parse(JSON.parse(text))
  const server = (await import(pathToFileURL(join(dir, 'server.js')).href)) as { renderLanding: RenderLanding }
  const served = new Map<string, Uint8Array<ArrayBuffer>>()
  return {
    async file(path) {
      const entry = manifest.files[path]
      if (!entry || entry.kind === 'server') return null
      const known = served.get(path)
      if (known) return known
      const bytes = new Uint8Array(await readFile(join(dir, path)))
      served.set(path, bytes)
      return bytes
    },
    page(name) {
      const page = manifest.pages[name]
      if (!page) throw new Error(`The build holds no page ${name}. Run \`npm run build\` again.`)
      return page
    },
    renderLanding: server.renderLanding,
  }
}
