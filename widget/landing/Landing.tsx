import type { LandingInput } from '../../api/domain/views.ts'
import * as detail from '../parts/detail.ts'
import * as many from '../parts/many.ts'
import * as pay from '../parts/pay.ts'
import * as signIn from '../parts/sign-in.ts'
import type { Face, Part } from '../payer/face.ts'
import { Payer } from '../payer/Payer.tsx'
import type { Portal } from '../portal.ts'

/** The merchant's own head above the customer's view: whose page this is, and what the last step came to. Where the server wrote no list, its own document says whose page it is. */
export function Landing({ face, brand, notice }: { face: Face; brand: boolean; notice: string | null }) {
  const { merchant } = face.portal.state
  return (
    <>
      {brand && merchant && (
        <header class="brand">
          {merchant.logoUrl && <img src={merchant.logoUrl} alt="" height={40} />}
          <h1>{merchant.name}</h1>
        </header>
      )}
      {notice && <div class="banner" role="alert">{notice}</div>}
      <Payer face={face} />
    </>
  )
}

/** The same face on the server and in the browser, so that scripts take over what the server wrote. */
export function landingFace(portal: Portal, input: Pick<LandingInput, 'base' | 'page' | 'detail'>, live: boolean, root: () => ParentNode | null): Face {
  const here = <K,>(now: K): Part<K> => ({ now, load: async () => now })
  return {
    portal, base: input.base, page: input.page, written: input.detail, live, hosted: null, root,
    parts: { pay: here(pay), many: here(many), detail: here(detail), signIn: here(signIn) },
  }
}
