import { Hono } from 'hono'
import { compress } from 'hono/compress'
import type { Assets } from '../pages/assets.ts'
import { problem } from './problem.ts'

const types: Readonly<Record<string, string>> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

/** The widget's script under its lasting name, and what it fetches under names that change with their content. */
export function staticRoutes(assets: Assets) {
  const app = new Hono()
  app.use('/v1/quittance.js', compress())
  app.use('/v1/c/*', compress())
  app.use('/v1/pages/*', compress())
  const serve = async (path: string, cache: string): Promise<Response | null> => {
    const bytes = await assets.file(path)
    if (!bytes) return null
    return new Response(bytes, {
      headers: {
        'content-type': types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream', 'cache-control': cache, 'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff',
      },
    })
  }
  const hour = 'public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800'
  app.get('/v1/quittance.js', async c => (await serve('quittance.js', hour)) ?? problem(c, 'not-found', 'There is no such file.'))
  for (const folder of ['c', 'pages'])
    app.get(`/v1/${folder}/:name`, async c => (await serve(`${folder}/${c.req.param('name')}`, 'public, max-age=31536000, immutable')) ?? problem(c, 'not-found', 'There is no such file. Load the page again.'))
  return app
}
