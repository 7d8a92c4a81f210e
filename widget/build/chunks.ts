import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
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

/** Writes the lazy parts' file names, known once they are built, into the entry. */
export function nameChunks(environment: string, dist: string): Plugin {
  return {
    name: 'quittance-name-chunks',
    applyToEnvironment: ({ name }) => name === environment,
    transform(code, id) {
      if (!id.endsWith('/widget/chunks.ts')) return null
      const names = readdirSync(join(dist, 'c')).map(file => [file.replace(/-[\w-]{8}\.js$/, ''), file])
      return { code: code.replaceAll('QUITTANCE_CHUNKS', JSON.stringify(Object.fromEntries(names))), map: null }
    },
  }
}
