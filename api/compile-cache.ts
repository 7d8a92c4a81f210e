import { enableCompileCache } from 'node:module'

/** Keeps what was compiled for the next start: loading the modules is most of it. Loaded before all others, by a flag of `npm run serve`. */
enableCompileCache()
