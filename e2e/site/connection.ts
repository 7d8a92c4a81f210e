/** What the shop knows of Quittance, and whom its demo visitor plays. */
export type SiteConnection = {
  apiUrl: string
  /** `pk_…`, for the tag in the page. */
  publishableKey: string
  /** The developer key, for the shop's server alone. */
  apiKey: string
  /** Where the link inside the tag leads before, or without, the script. */
  fallbackUrl: string
  /** The customer who is signed in by the shop; the demo company's own unless given. */
  visitor?: Visitor
}

export type Visitor = { email: string; name: string; givenName?: string }
