import { enableCompileCache, registerHooks } from 'node:module'

/** Keeps what was compiled for the next start: loading the modules is most of it. Loaded before all others, by a flag of `npm run serve`. */
enableCompileCache()

// Node reads the list of a package's entries anew for each of its ES modules; drizzle's is 130 kB, and it has a hundred of them.
registerHooks({
  resolve: (specifier, context, next) => context.parentURL?.includes('/node_modules/drizzle-orm/') && /^\.\.?\/.*\.js$/.test(specifier)
    ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
    : next(specifier, context),
})
