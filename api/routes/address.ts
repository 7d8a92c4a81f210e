import type { Context as HonoContext } from 'hono'
import { type BlockList, isIP } from 'node:net'

/**
 * The network address that a request comes from, for limits: the whole of an IPv4 address, the /64 of an IPv6 address, for one
 * person holds all of it. `X-Forwarded-For` is believed as far as servers of our own wrote it: each adds whom it heard at the end.
 */
export function addressOf(c: HonoContext, trustedProxies: BlockList): string {
  const told = c.req.header('x-forwarded-for')?.split(',').map(part => part.trim()) ?? []
  let address = plain((c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress ?? '')
  while (told.length > 0 && isIP(address) !== 0 && trustedProxies.check(address, family(address))) {
    const before = plain(told.pop() ?? '')
    if (isIP(before) === 0) break
    address = before
  }
  return isIP(address) === 6 ? networkOf(address) : address
}

/** Without the zone of a link, and an IPv4 address as such, where it came over a socket for both. */
function plain(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

/** The first four groups, with the zeros that `::` stands for. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0')
  return [...groups, ...(tail === undefined ? [] : zeros), ...rest].slice(0, 4).join(':')
}
