import type { Bench } from './bench.ts'
import { firstLoad, memory } from './rows/first-load.ts'
import { list, listOfMany } from './rows/list.ts'
import { live } from './rows/live.ts'
import { meteredReads } from './rows/metered.ts'
import { outbox } from './rows/outbox.ts'
import { pages } from './rows/pages.ts'
import { payment } from './rows/payment.ts'
import { sizes } from './rows/sizes.ts'
import { start } from './rows/start.ts'
import { webhook } from './rows/webhook.ts'

/** All that is measured, in the order in which it is shown. */
export const benches: readonly Bench[] = [sizes, pages, list, listOfMany, payment, webhook, firstLoad, memory, live, meteredReads, outbox, start]
