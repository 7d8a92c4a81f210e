import type { Trouble } from '../client.ts'
import { text } from '../text.ts'
import type { Face } from './face.ts'
import { Shape } from './Shape.tsx'

/** Trouble that leaves the list standing: what happened, and that it mends itself where it does. */
export function Banner({ face }: { face: Face }) {
  const { portal } = face
  const { banner, asOf } = portal.state
  if (!banner) return null
  const at = asOf.toLocaleTimeString(portal.ports.client.locale, { timeStyle: 'short' })
  return (
    <div class="banner" role="status">
      <Shape of={banner.code === 'offline' ? 'offline' : 'alert'} />
      <div>{sentence(banner, text.stale(at), text.offline(at))} {banner.code !== 'rate-limited' && <Retry face={face} />}</div>
    </div>
  )
}

/** Nothing could be shown at all. */
export function Failed({ face }: { face: Face }) {
  const { why } = face.portal.state
  return (
    <div class="middle" role="alert">
      <p>{why && sentence(why, text.unreachable, text.offlineEmpty)}</p>
      <Retry face={face} />
      {face.hosted && <a href={face.hosted} target="_top">{text.hosted}</a>}
    </div>
  )
}

function Retry({ face }: { face: Face }) {
  return <button type="button" class="plain" onClick={() => void face.portal.refresh()}>{text.retry}</button>
}

function sentence({ code, detail, retryAfterS }: Trouble, unreachable: string, offline: string): string {
  if (code === 'rate-limited') return text.limited(retryAfterS)
  if (code === 'offline') return navigator.onLine ? unreachable : offline
  return detail || unreachable
}

/** Takes the room that the list will take, so nothing jumps. */
export function Skeleton() {
  return (
    <div role="status" aria-label={text.loading} class="skeleton">
      <div class="totals"><i class="bone" /><i class="bone l" /><i class="bone" /></div>
      <div class="filters"><i class="bone f" /></div>
      <div class="list">{[1, 2, 3].map(at => <div key={at} class="row"><i class="bone name" /><i class="bone sub" /><i class="bone amount" /></div>)}</div>
      <BarRoom />
    </div>
  )
}

export function BarRoom() {
  return <div class="bar"><i class="bone b" /></div>
}
