import type { SettingsView } from './console-views.ts'

/** The merchant's choices, each with its default filled in. */
export type Settings = SettingsView & {
  /** How long a mailed link is good. */
  linkDays: number
}

export const defaultSettings: Settings = {
  publish: 'auto_if_sent',
  extractBeginDate: null,
  recordingAccountId: null,
  partialPayments: true,
  multiInvoice: true,
  allowedOrigins: [],
  supportEmail: null,
  accent: null,
  logoUrl: null,
  linkDays: 90,
}

/** Fills what the merchant has not chosen with the defaults. */
export function settingsOf(chosen: Readonly<Record<string, unknown>>): Settings {
  return { ...defaultSettings, ...(chosen as Partial<Settings>) }
}
