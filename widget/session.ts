export type Session = {
  /** The token to send now; null when nobody is signed in. */
  token(): Promise<string | null>
  /** Another token in place of one that was refused; null where there is none. */
  renew(refused: string): Promise<string | null>
  /** Takes a token that a sign-in gave; null signs out. */
  take(token: string | null): void
  /** True when this visitor signed in here, and so may sign out here. */
  signedInHere(): boolean
}

export type GetToken = () => Promise<string | null | undefined> | string | null | undefined

/** Tokens that a sign-in on this page gave, by merchant: every element of the page shares them. They live in memory alone. */
const signedIn = new Map<string, string>()

/** Where an element's token comes from: a sign-in on this page, else its `token` attribute, else its `getToken`. */
export function createSession(source: { merchant: string; attribute: () => string | null; getToken: () => GetToken | undefined }): Session {
  const { merchant } = source
  let fetched: string | null = null
  const fetchToken = async (): Promise<string | null> => {
    fetched = (await source.getToken()?.()) ?? null
    return fetched
  }
  return {
    token: async () => signedIn.get(merchant) ?? fetched ?? source.attribute() ?? fetchToken(),
    async renew(refused) {
      if (signedIn.get(merchant) === refused) signedIn.delete(merchant)
      const token = await fetchToken()
      return token === refused ? null : token
    },
    take(token) {
      if (token) signedIn.set(merchant, token)
      else signedIn.delete(merchant)
    },
    signedInHere: () => signedIn.has(merchant),
  }
}
