import { createClock } from '../kit/clock.ts'
import { mountAccounting, type MountedAccounting } from './api/mount.ts'
import type { Limits } from './api/throttle.ts'
import { openBooks, type Books } from './books/books.ts'
import { mountScreens } from './screens/mount.ts'
import { startIntuit, type IntuitOptions, type RunningIntuit } from './intuit.ts'

export type QuickBooksOptions = IntuitOptions & {
  /** Intuit's own limits where absent. */
  limits?: Partial<Limits>
}

export type QuickBooksEmulator = RunningIntuit & {
  books: Books
  setLimits(limits: Partial<Limits>): void
}

/**
 * Starts all of Intuit on one port. With `dataPath` the books (`<dataPath>.books.sqlite`) and the grants, tokens, settings and
 * undelivered events (`<dataPath>.intuit.sqlite`) outlive the process; their folder must exist. Companies come by `books.createCompany` and `books.load`.
 */
export async function startQuickBooksEmulator(options: QuickBooksOptions = {}): Promise<QuickBooksEmulator> {
  const clock = options.clock ?? createClock()
  const books = openBooks({ clock, ...(options.dataPath !== undefined && { path: `${options.dataPath}.books.sqlite` }) })
  let mounted: MountedAccounting | undefined
  const intuit = await startIntuit(
    { ...options, clock },
    {
      companies: books.companies,
      onChange: books.onChange,
      mount(app, authorize) {
        mountScreens(app, { books, appName: 'Quittance', isConnected: realmId => intuit.isConnected(realmId), disconnect: realmId => void intuit.disconnect(realmId) })
        mounted = mountAccounting(app, { books, clock, authorize, limits: options.limits })
      },
      state: query => mounted?.state(query) ?? {},
      reset: () => mounted?.reset(),
      close: books.close,
    },
  )
  return {
    ...intuit,
    books,
    setLimits: limits => mounted?.setLimits(limits),
    async close() {
      await intuit.close()
      if (!options.clock) clock.stop()
    },
  }
}
