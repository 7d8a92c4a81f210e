import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build, type Rollup } from 'vite'
import { FakeApi } from '../widget/merchant/fake/api.ts'
import type { FakeCompany } from '../widget/merchant/fake/company.ts'

export type ConsoleSite = { url: string; api(company: FakeCompany, options?: { signedIn?: boolean }): FakeApi; close(): Promise<void> }

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The built console over a company in memory, under a policy that forbids every inline script and style. */
export async function startConsoleSite(): Promise<ConsoleSite> {
  const files = await buildConsole()
  let api: FakeApi | undefined
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    const file = files.get(path)
    if (file) response.writeHead(200, { 'content-type': file.type }).end(file.text)
    else if (path === '/console/connect' || path === '/console/intuit') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Intuit</title>')
    else if (path.startsWith('/console')) response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(shell)
    else if (path === '/v1/merchant/events' && api) streamEvents(api, response)
    else if (api) void answer(api, request, response)
    else response.writeHead(404).end()
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    api: (company, options) => (api = new FakeApi(company, options)),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const shell = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Console</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/console.css"></head><body><div id="console"></div><script type="module" src="/console.js"></script></body></html>'

async function buildConsole(): Promise<Map<string, { type: string; text: string }>> {
  const entry = fileURLToPath(new URL('../widget/merchant/main.tsx', import.meta.url))
  const result = (await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { write: false, target: 'es2022', rollupOptions: { input: entry, output: { entryFileNames: 'console.js', assetFileNames: 'console[extname]' } } },
  })) as Rollup.RollupOutput
  return new Map(result.output.map(file => file.type === 'chunk'
    ? [`/${file.fileName}`, { type: 'text/javascript', text: file.code }]
    : [`/${file.fileName}`, { type: 'text/css', text: String(file.source) }]))
}

async function answer(api: FakeApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  const url = new URL(request.url ?? '/', 'http://site')
  const { status, body, headers } = api.answer({ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} })
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(status === 204 ? undefined : JSON.stringify(body ?? {}))
}

function streamEvents(api: FakeApi, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(': here\n\n')
  const stop = api.onEvent((name, data) => void response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`))
  response.on('close', stop)
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}
