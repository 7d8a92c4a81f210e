import { render } from 'preact'
import type { PortalView } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import * as detail from '../parts/detail.ts'
import * as many from '../parts/many.ts'
import * as pay from '../parts/pay.ts'
import * as signIn from '../parts/sign-in.ts'
import type { Face, Part } from '../payer/face.ts'
import { Payer } from '../payer/Payer.tsx'
import { Portal, type EventName } from '../portal.ts'
import { createSession } from '../session.ts'
import type { FakeApi } from './api.ts'

export type Stage = { portal: Portal; root: HTMLElement; events: { name: EventName; detail: Record<string, unknown> }[]; went: string[]; end: () => void }

let stages = 0

/** What a customer's parts are given, over a fake API in a plain page, with every part at hand. `token` null is nobody signed in. */
export function stageFace(api: FakeApi, token: string | null = 'lnk_good', known?: PortalView, begin: Partial<Face> = {}) {
  const events: Stage['events'] = []
  const went: string[] = []
  const session = createSession({ merchant: `pk_${++stages}`, attribute: () => token, getToken: () => undefined })
  const portal = new Portal({
    client: createClient({ origin: 'http://api.test', locale: 'en-US', session, fetch: api.fetch }),
    merchantKey: 'pk_1', now: () => new Date(2026, 10, 21, 14, 5), goToPayment: created => void went.push(created.url),
    emit(name, content) {
      events.push({ name, detail: content })
      return true
    },
  }, known)
  const here = <K,>(now: K): Part<K> => ({ now, load: async () => now })
  const root = document.createElement('div')
  document.body.append(root)
  const face: Face = {
    portal, base: null, live: true, page: 1, written: null, hosted: 'https://hosted.example/', root: () => root,
    parts: { pay: here(pay), many: here(many), detail: here(detail), signIn: here(signIn) }, ...begin,
  }
  return { face, root, events, went }
}

/** The customer's view in it. */
export async function stagePayer(api: FakeApi, token: string | null = 'lnk_good', known?: PortalView, begin: Partial<Face> = {}): Promise<Stage> {
  const { face, root, events, went } = stageFace(api, token, known, begin)
  const { portal } = face
  render(<Payer face={face} />, root)
  await portal.refresh()
  const endLive = pay.goLive(portal)
  return {
    portal, root, events, went,
    end() {
      endLive()
      portal.stop()
      render(null, root)
      root.remove()
    },
  }
}
