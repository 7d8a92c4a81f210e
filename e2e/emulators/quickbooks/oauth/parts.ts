import type { Clock } from '../../kit/clock.ts'
import type { Shelf } from '../../kit/shelf.ts'
import type { Grants } from './grants.ts'
import type { SigningKey } from './identity.ts'
import type { Scope } from './scopes.ts'
import type { IntuitUser } from './users.ts'

/** The one app that is registered at the emulated Intuit. */
export type IntuitApp = { name: string; clientId: string; clientSecret: string; verifierToken: string; redirectUris: string[] }
export type CompanyChoice = { realmId: string; name: string; country: string }

export type OAuthParts = {
  app: IntuitApp
  grants: Grants
  shelf: Shelf
  clock: Clock
  key: SigningKey
  users: readonly IntuitUser[]
  companies(): CompanyChoice[]
  /** Where the emulator itself is, e.g. `http://127.0.0.1:4100`; known once it listens. */
  url(): string
}

/** What an app asked of a person, kept until the person has answered. */
export type ConsentRequest = { id: string; redirectUri: string; scopes: Scope[]; state: string; askedAt: number }
