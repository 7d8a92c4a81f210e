import { createHash } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { ViteBuilder } from 'vite'

export type ManifestFile = { kind: 'entry' | 'chunk' | 'page' | 'server'; bytes: number; brotli: number; sha384: string }
export type Manifest = {
  /** By path under widget/dist. */
  files: Record<string, ManifestFile>
  /** What each page's document names, as paths under widget/dist. */
  pages: Record<string, { js: string; css: string[] }>
}

export type Built = { name: string; output: Awaited<ReturnType<ViteBuilder['build']>> }

const kinds: Record<string, ManifestFile['kind']> = { chunks: 'chunk', entry: 'entry', client: 'page', ssr: 'server' }
const brotliMax: Partial<Record<ManifestFile['kind'], number>> = { entry: 12_000, chunk: 8_000 }

/** Lists what was built, with sizes as the wire carries them. Throws when the entry or a lazy part is over its budget. */
export async function writeManifest(dist: string, built: readonly Built[]): Promise<void> {
  const manifest: Manifest = { files: {}, pages: {} }
  for (const one of built) {
    const kind = kinds[one.name] ?? 'page'
    for (const file of filesOf(one)) {
      const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
      const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
      manifest.files[file.fileName] = { kind, bytes: content.length, brotli, sha384: createHash('sha384').update(content).digest('base64') }
      if (kind === 'page' && file.type === 'chunk' && file.isEntry) manifest.pages[file.name] = { js: file.fileName, css: [...(file.viteMetadata?.importedCss ?? [])] }
    }
  }
  await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const heavy = Object.entries(manifest.files).flatMap(([path, { kind, brotli }]) => {
    const max = brotliMax[kind]
    return max !== undefined && brotli > max ? [`${path} weighs ${brotli} bytes in brotli; ${max} are allowed.`] : []
  })
  if (heavy.length > 0) throw new Error(heavy.join('\n'))
}

/** Removes what earlier builds left. */
export async function removeStale(dist: string, built: readonly Built[]): Promise<void> {
  const fresh = new Set(built.flatMap(one => filesOf(one).map(file => join(dist, file.fileName))))
  const found = await readdir(dist, { recursive: true, withFileTypes: true })
  const stale = found.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)).filter(path => !fresh.has(path))
  await Promise.all(stale.map(async path => rm(path)))
}

export function filesOf({ output }: Built) {
  if ('on' in output) throw new Error('The build is watching, which leaves nothing to list.')
  return (Array.isArray(output) ? output : [output]).flatMap(bundle => bundle.output)
}
