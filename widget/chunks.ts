import type { Part } from './payer/face.ts'

/** The hash in the name of each lazy part's file; the build writes them in. */
declare const QUITTANCE_CHUNKS: Record<string, string>

/** A part that is its own file at the script's origin: `import()` of an absolute address passes every policy that let the script in. */
export function chunk<K>(origin: string, name: string): Part<K> {
  const fetchFile = async (file: string): Promise<unknown> => import(/* @vite-ignore */ `${origin}/v1/c/${file}-${QUITTANCE_CHUNKS[file]}.js`)
  let loading: Promise<K> | undefined
  const part: Part<K> = {
    now: null,
    async load() {
      // What a part needs is asked for with it, not after it has named it: all need what came with the one that every start asks for.
      loading ??= Promise.all([name, name === 'pay' ? 'base' : 'hooks'].map(fetchFile)).then(([kit]) => (part.now = kit as K))
      loading.catch(() => (loading = undefined))
      return loading
    },
  }
  return part
}
