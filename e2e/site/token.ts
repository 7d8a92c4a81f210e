import { z } from 'zod'

/** A customer's short-lived right to see their invoices, or why there is none. */
export type Minted = { kind: 'token'; token: string; expiresAt: string | number } | { kind: 'failed'; why: string }

const timeoutMs = 10_000
const session = z.object({ token: z.string(), expiresAt: z.union([z.string(), z.number()]) })

/** Asks Quittance's API, from the shop's server, for a token for the customer with this address. */
export async function mintToken({ apiUrl, apiKey }: { apiUrl: string; apiKey: string }, email: string): Promise<Minted> {
  try {
    const answer = await fetch(`${apiUrl}/v1/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ customer: { email } }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) return { kind: 'failed', why: `The invoice service answered ${answer.status}.` }
    const parsed = session.safeParse(await answer.json())
    return parsed.success ? { kind: 'token', ...parsed.data } : { kind: 'failed', why: 'The invoice service gave no token.' }
  } catch (error) {
    return { kind: 'failed', why: `The invoice service cannot be reached: ${error instanceof Error ? error.message : String(error)}` }
  }
}
