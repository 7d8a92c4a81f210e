import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { fakeApi, type FakeApi } from '../../widget/fake/api.ts'
import { handful } from '../../widget/fake/invoices.ts'

export type Stories = { url: string; api: FakeApi; close: () => Promise<void> }
export type HostPage = { attributes?: string; head?: string; body?: string; html?: string; headers?: Record<string, string> }

/** The built widget in a bare page, over an API in memory, for looking at one state at a time. */
export async function startStories(): Promise<Stories & { host: (page: HostPage) => string }> {
  const api = fakeApi(handful)
  const pages = new Map<string, HostPage>()
  const app = new Hono()
  app.get('/host/:name', c => {
    const page = pages.get(c.req.param('name'))
    return page ? c.html(documentOf(page), 200, page.headers ?? {}) : c.notFound()
  })
  app.get('/v1/quittance.js', async c => c.body(await readFile('widget/dist/quittance.js', 'utf8'), 200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }))
  app.get('/v1/:folder{c|pages}/:file', async c => {
    const file = `widget/dist/${c.req.param('folder')}/${c.req.param('file')}`
    return c.body(await readFile(file, 'utf8'), 200, { 'content-type': file.endsWith('.css') ? 'text/css' : 'text/javascript', 'access-control-allow-origin': '*' })
  })
  app.use('/v1/*', cors())
  app.all('/v1/*', async c => api.fetch(c.req.raw))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>(done => server.once('listening', () => done()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  api.checkoutBase = url
  return {
    url, api,
    host(page) {
      const name = String(pages.size)
      pages.set(name, page)
      return `${url}/host/${name}`
    },
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise<void>(done => server.close(() => done()))
    },
  }
}

function documentOf({ attributes = 'merchant="pk_1" token="lnk_good"', head = '', body = '', html = 'lang="en"' }: HostPage): string {
  return `<!doctype html><html ${html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your invoices</title><link rel="icon" href="data:,">${head}</head>
<body><main><h1>Our customers</h1><quittance-invoices ${attributes}><a href="/hosted">View and pay your invoices</a></quittance-invoices>${body}</main>
<script async src="/v1/quittance.js"></script></body></html>`
}
