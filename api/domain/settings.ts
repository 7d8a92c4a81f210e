export type PublishRule = 'auto_if_sent' | 'review' | 'auto_all'

/** The merchant's choices, each with its default filled in. */
export type Settings = {
  publish: PublishRule
  /** `YYYY-MM-DD`; null means 90 days before the connection. */
  extractBeginDate: string | null
  /** QuickBooks' id of the ledger account where payments are recorded; null means Undeposited Funds. */
  recordingAccountId: string | null
  partialPayments: boolean
  multiInvoice: boolean
  allowedOrigins: string[]
  supportEmail: string | null
  accent: string | null
  logoUrl: string | null
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
