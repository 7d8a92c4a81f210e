import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { ConsoleView, ImportView } from '../../api/domain/console-views.ts'
import type { ConsoleClient } from './client.ts'
import type { Outside } from './outside.ts'

/** What every place of the console shares once the merchant is signed in. */
export type Console = {
  client: ConsoleClient
  outside: Outside
  view: ConsoleView
  /** Grows whenever the server says that something is different; places load again then. */
  changes: number
  /** The import that is running, or that ended while this page was open. */
  followed: ImportView | null
  follow(view: ImportView): void
  /** Shows a newer view at once, e.g. after settings were saved. */
  update(change: Partial<ConsoleView>): void
  /** Reads the merchant's view again. */
  refresh(): void
  /** Tells a screen reader what happened, and shows it for a moment. */
  announce(text: string): void
}

export const ConsoleContext = createContext<Console | null>(null)

/** Throws outside the signed-in console: that is a mistake of ours. */
export function useConsole(): Console {
  const value = useContext(ConsoleContext)
  if (!value) throw new Error('useConsole needs a ConsoleContext above it')
  return value
}
