import { z } from 'zod'
import type { Clock } from '../ports.ts'
import { fetchText } from './fetch-text.ts'

const endpoint = z.url({ protocol: /^https?$/ }).refine(isPrivateOnTheWire, { error: 'must be https, or be on this machine' })

const discoverySchema = z.object({
  issuer: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  userinfo_endpoint: endpoint,
  revocation_endpoint: endpoint,
  jwks_uri: endpoint,
})

/** Where Intuit's parts are, by its own word. */
export type IntuitEndpoints = z.output<typeof discoverySchema>

/** Fetches the endpoints, at most once a day while Intuit answers. Throws an Error that says what is wrong with the document. */
export type Discovery = () => Promise<IntuitEndpoints>

const cacheMs = 86_400_000

/**
 * Intuit asks apps to take its endpoints from the discovery document (app assessment).
 * A document that cannot be fetched again goes on being used.
 */
export function createDiscovery(options: { url: string; clock: Clock; timeoutMs: number }): Discovery {
  let known: { endpoints: IntuitEndpoints; fetchedAt: number } | undefined
  let underway: Promise<IntuitEndpoints> | undefined
  const refetch = async () => {
    try {
      const endpoints = await fetchEndpoints(options.url, options.timeoutMs)
      known = { endpoints, fetchedAt: options.clock.now() }
      return endpoints
    } catch (error) {
      if (known) return known.endpoints
      throw error
    } finally {
      underway = undefined
    }
  }
  return async () => {
    if (known && options.clock.now() < known.fetchedAt + cacheMs) return known.endpoints
    underway ??= refetch()
    return underway
  }
}

async function fetchEndpoints(url: string, timeoutMs: number): Promise<IntuitEndpoints> {
  if (!isPrivateOnTheWire(url)) throw new Error(`Intuit's discovery document must be at an https address, not ${url}.`)
  const { status, text } = await fetchText(url, { headers: { accept: 'application/json' } }, timeoutMs)
  if (status !== 200) throw new Error(`Intuit's discovery document at ${url} answered ${status}.`)
  const parsed = discoverySchema.safeParse(jsonOrText(text))
  if (!parsed.success) throw new Error(`Intuit's discovery document at ${url} is not usable:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Reads JSON; text that is none comes back as it is, for a schema to refuse. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function isPrivateOnTheWire(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
