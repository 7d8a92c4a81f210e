import type { Shelf } from '../kit/shelf.ts'
import type { RefreshPolicy } from './oauth/grants.ts'

/** What the owner of the app sets in the developer portal, and how strictly refresh tokens rotate. A reset keeps it. */
export type AppSettings = RefreshPolicy & { redirectUris: string[] }
export type Settings = { readonly current: Readonly<AppSettings>; change(change: Partial<AppSettings>): void }

/** Settings as they were kept on the shelf, with what is given now put over them. */
export function openSettings(shelf: Shelf, given: { [K in keyof AppSettings]?: AppSettings[K] | undefined }): Settings {
  const current: AppSettings = shelf.get<AppSettings>('settings', 'app') ?? { redirectUris: [], rotation: 'each', graceMs: 0 }
  const change = (changes: typeof given) => {
    if (changes.redirectUris !== undefined) current.redirectUris = changes.redirectUris
    if (changes.rotation !== undefined) current.rotation = changes.rotation
    if (changes.graceMs !== undefined) current.graceMs = changes.graceMs
    shelf.put('settings', 'app', current)
  }
  change(given)
  return { current, change }
}
