import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { startOutside } from '../../outside.ts'
import { announce, obey } from '../child.ts'

/** The systems around the product, in a process of their own that also tells how long they took themselves. */
const [apiUrl = '', invoices = '200'] = process.argv.slice(2)
const outside = await startOutside({ apiUrl, invoices: Number(invoices), unlimited: true })
const began = new WeakMap<IncomingMessage, number>()
let spentMs = 0
subscribe('http.server.request.start', message => {
  began.set((message as { request: IncomingMessage }).request, performance.now())
})
subscribe('http.server.response.finish', message => {
  spentMs += performance.now() - (began.get((message as { request: IncomingMessage }).request) ?? performance.now())
})
obey({ spent: () => spentMs })
process.once('SIGTERM', () => void outside.close().then(() => process.exit(0)))
announce({ environment: outside.environment, mailUrl: outside.mail.url, stripeUrl: outside.stripe.url, stripeKey: outside.stripe.secretKey, siteUrl: outside.site.url })
