import { resolve } from 'node:path'
import type { Plugin } from 'vite'

const borrowed = resolve('widget/parts/borrowed.ts')

/** In the lazy parts, Preact is what the entry lends them. */
export function borrowPreact(environment: string): Plugin {
  return {
    name: 'quittance-borrow-preact',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === environment,
    resolveId: source => (source === 'preact' || source === 'preact/jsx-runtime' ? borrowed : null),
  }
}

/** Writes into the entry the hashes by which the lazy parts' files are called. */
export function nameChunks(environment: string, hashes: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'quittance-name-chunks',
    applyToEnvironment: ({ name }) => name === environment,
    transform(code, id) {
      if (!id.endsWith('/widget/chunks.ts')) return null
      if (hashes.size === 0) throw new Error('The lazy parts must be built before the script that names them.')
      return { code: code.replaceAll('QUITTANCE_CHUNKS', JSON.stringify(Object.fromEntries(hashes))), map: null }
    },
  }
}
