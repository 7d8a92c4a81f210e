/** How the merchant came back from Intuit: connected, or with the code of a problem. */
export type Arrival = { connected: boolean; problem: string | null }

/** Reads it from the address, which forgets it afterwards. */
export function arrivalNow(): Arrival {
  const query = new URLSearchParams(location.search)
  return { connected: query.has('connected'), problem: query.get('problem') }
}
