import { startOutside } from '../../outside.ts'
import { announce, obey } from '../child.ts'
import { watchSpent } from './spent.ts'

/** The systems around the product, in a process of their own that also tells how long they took themselves. */
const [apiUrl = '', invoices = '200'] = process.argv.slice(2)
const outside = await startOutside({ apiUrl, invoices: Number(invoices), unlimited: true })
obey({ spent: watchSpent(() => true) })
process.once('SIGTERM', () => void outside.close().then(() => process.exit(0)))
announce({ environment: outside.environment, mailUrl: outside.mail.url, stripeUrl: outside.stripe.url, stripeKey: outside.stripe.secretKey, siteUrl: outside.site.url })
