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

/** What a page brings along: its script, and its style sheets, the small ones as text to be written into the page. */
export type PageAssets = { js: string; css: string[]; style: string }

/** A sheet up to this size costs less in every page than its own way to the server, which the first paint would wait for. */
const inlineMaxBytes = 8_000

/** What the widget's build left for us to serve. */
export type Assets = {
  /** The bytes of a built file that browsers may have, by its path in the build; null for any other path. */
  file(path: string): Promise<Uint8Array<ArrayBuffer> | null>
  page(name: 'landing' | 'pay' | 'console'): PageAssets
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
  const pages = new Map<string, PageAssets>()
  for (const [name, page] of Object.entries(manifest.pages)) pages.set(name, await pageAssets(dir, page))
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
      const page = pages.get(name)
      if (!page) throw new Error(`The build holds no page ${name}. Run \`npm run build\` again.`)
      return page
    },
    renderLanding: server.renderLanding,
  }
}

async function pageAssets(dir: string, page: { js: string; css: string[] }): Promise<PageAssets> {
  const sheets = await Promise.all(page.css.map(async path => ({ path, text: await readFile(join(dir, path), 'utf8') })))
  const isSmall = ({ text }: { text: string }) => Buffer.byteLength(text) <= inlineMaxBytes
  return { js: page.js, css: sheets.filter(sheet => !isSmall(sheet)).map(sheet => sheet.path), style: sheets.filter(isSmall).map(sheet => sheet.text).join('') }
}
