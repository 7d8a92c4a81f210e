import { existsSync } from 'node:fs'
import type { EnvironmentOptions, UserConfig } from 'vite'
import { borrowPreact, nameChunks } from './chunks.ts'
import { filesOf, removeStale, writeManifest, type Built } from './manifest.ts'

const dist = 'widget/dist'
const pages = { landing: 'widget/landing/client.tsx', pay: 'widget/pay/main.tsx', console: 'widget/merchant/main.tsx' }
const parts = Object.fromEntries(['pay', 'many', 'detail', 'sign-in', 'one'].map(name => [name, `widget/parts/${name}.ts`]))
/** What every lazy part needs is one file of its own, asked for together with the first. */
const sharedByParts = /\/widget\/(parts\/borrowed|parts\.css|text|text-more|payer\/(face|Go|Shape|Later))/
/** Only what is opened later has hooks: the first list does without them, because Preact calls them for each of its elements. */
const hooks = /node_modules\/preact\/hooks/
/** One file and not two for what every start asks for; the others take from it what paying needs. */
const paying = /\/widget\/(parts\/pay|payer\/(PayBar|Pick|Credits|Toolbar|Search)|payment|selection|amounts|dialog|live|rows|stream|client|theme)|\/domain\/money/
const target = 'es2022'
/** The entry holds the hash of each, so it is as short as is safe. */
const partFile = 'c/[name]-[hash:6].js'

/** Nearly all of the entry and of a part runs at once: told so, Chromium compiles it in one go, where it may beside the page, and not function by function. Others read a comment. */
const runsAtOnce = '//# allFunctionsCalledOnLoad'

/** The hashes in the names of the lazy parts' files, known once they are built. Vite loads this file anew for each build, so they are kept where all of them look. */
const partHashes = ((globalThis as { quittancePartHashes?: Map<string, string> }).quittancePartHashes ??= new Map<string, string>())

/** Four builds into one folder, laid out as it is served: lazy parts, the script that names them, our own pages, the server's bundle. */
export const widgetBuild: UserConfig = {
  publicDir: false,
  build: { outDir: dist, emptyOutDir: false, target, cssTarget: 'esnext', modulePreload: false, reportCompressedSize: false, copyPublicDir: false, assetsInlineLimit: 0 },
  plugins: [borrowPreact('chunks'), nameChunks('entry', partHashes)],
  environments: {
    chunks: browser({
      input: parts,
      preserveEntrySignatures: 'allow-extension',
      output: { postBanner: runsAtOnce, entryFileNames: partFile, chunkFileNames: partFile, codeSplitting: { groups: [{ name: 'base', test: sharedByParts }, { name: 'hooks', test: hooks }, { name: 'pay', test: paying }] } },
    }),
    entry: {
      consumer: 'client',
      // Built as a library, because Vite wraps the `import()` of anything else in a helper for style sheets that a script like this has none of.
      build: { outDir: dist, emptyOutDir: false, target, cssTarget: 'esnext', lib: { entry: 'widget/widget.ts', formats: ['iife'], name: 'Quittance', fileName: () => 'quittance.js' }, rolldownOptions: { output: { postBanner: runsAtOnce } } },
    },
    client: browser({
      input: Object.fromEntries(Object.entries(pages).filter(([, file]) => existsSync(file))),
      output: { entryFileNames: 'pages/[name]-[hash].js', chunkFileNames: 'pages/[name]-[hash].js', assetFileNames: 'pages/[name]-[hash][extname]' },
    }),
    ssr: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: { outDir: dist, emptyOutDir: false, target: 'node24', ssr: true, minify: false, rolldownOptions: { input: { server: 'widget/landing/server.tsx' }, output: { entryFileNames: '[name].js' } } },
    },
  },
  builder: {
    async buildApp(builder) {
      const built: Built[] = []
      for (const name of ['chunks', 'entry', 'client', 'ssr']) {
        const environment = builder.environments[name]
        if (!environment) continue
        const one = { name, output: await builder.build(environment) }
        if (name === 'chunks') for (const file of filesOf(one)) if (file.type === 'chunk') partHashes.set(file.name, file.fileName.slice(`c/${file.name}-`.length, -'.js'.length))
        built.push(one)
      }
      // Servers go on serving what stands there until the new files are whole.
      await removeStale(dist, built)
      await writeManifest(dist, built)
    },
  },
}

type Bundling = NonNullable<NonNullable<EnvironmentOptions['build']>['rolldownOptions']>

function browser(rolldownOptions: Bundling): EnvironmentOptions {
  return { consumer: 'client', build: { outDir: dist, emptyOutDir: false, target, cssTarget: 'esnext', modulePreload: false, rolldownOptions } }
}
