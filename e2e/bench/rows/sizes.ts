import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'vite'
import type { Bench } from '../bench.ts'

const root = resolve(import.meta.dirname, '../../..')
const built = join(root, 'widget/dist')

/** What goes over the wire, in brotli at its best. */
export const sizes: Bench = {
  name: 'sizes',
  plans: [
    { id: 'entry', what: 'widget entry, brotli', floorIs: 'Preact 11 saying hello in a custom element', unit: 'bytes', target: { kind: 'at-most', value: 12_000 } },
    { id: 'chunk', what: 'largest lazy chunk, brotli', floorIs: null, unit: 'bytes', target: { kind: 'at-most', value: 8_000 } },
  ],
  limit: 'Preact itself, the list with its states and the style sheet. All that is needed later is a chunk of its own.',
  // The same build has the same size.
  roundsMax: 1,
  async open() {
    return {
      async round() {
        const { files } = JSON.parse(readFileSync(join(built, 'manifest.json'), 'utf8')) as { files: Record<string, { kind: string }> }
        const weights = (kind: string) => Object.entries(files).filter(([, file]) => file.kind === kind).map(([name]) => weigh(readFileSync(join(built, name))))
        return { entry: { ours: Math.max(...weights('entry')), floor: await helloWeight() }, chunk: { ours: Math.max(...weights('chunk')), floor: null } }
      },
      close: async () => {},
    }
  },
}

function weigh(content: Uint8Array | string): number {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
}

const hello = `import { h, render } from 'preact'
customElements.define('say-hello', class extends HTMLElement {
  connectedCallback() { render(h('p', null, 'Hello'), this.attachShadow({ mode: 'open' })) }
})`

/** Built with the same tool and the same target as the widget. Within the project, where Preact is found. */
async function helloWeight(): Promise<number> {
  const folder = mkdtempSync(join(root, 'node_modules', '.hello-'))
  try {
    const entry = join(folder, 'hello.js')
    writeFileSync(entry, hello)
    const [output] = [await build({ root: folder, configFile: false, logLevel: 'silent', build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'Hello' } } })].flat()
    const chunk = output && 'output' in output ? output.output[0] : undefined
    if (!chunk) throw new Error('the hello was not built')
    return weigh(chunk.code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
