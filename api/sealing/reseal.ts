import { type SealedText, sealedPlaces } from '../../db/queries/sealed.ts'
import { placeOf } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import { letterPlace } from '../letters/queue.ts'
import { returnUrlPlace } from '../payments/checkout.ts'

const pageRows = 200
const everyMs = 60 * 60_000

/** How many texts were sealed anew, and how many could not be opened. */
export type Resealed = { done: number; lost: number }

/**
 * Seals everything that lies under an older key under the newest, while the product works: what somebody writes meanwhile stays as they wrote it.
 * Once it finds nothing, the older keys can be taken out of the settings.
 */
export const reseal = (ctx: Context) => async (): Promise<Resealed> => {
  const counted = { done: 0, lost: 0 }
  for (const place of sealedPlaces) {
    for (let after: number | null = 0; after !== null; ) {
      const page = await ctx.store.control.sealed.notUnder(place, ctx.vault.newest, after, pageRows)
      const writes = page.texts.flatMap(text => {
        const sealed = anew(ctx, text)
        counted[sealed === null ? 'lost' : 'done']++
        return sealed === null ? [] : ctx.store.control.sealed.replace(text, sealed)
      })
      await ctx.store.commit(writes)
      after = page.last
    }
  }
  if (counted.done > 0 && counted.lost === 0) ctx.log.info({ ...counted, key: ctx.vault.newest }, 'all that was sealed under older keys lies under the newest')
  return counted
}

/** Reseals at the start and every hour: another process may still write under an older key. Answers how to stop, once what is under way has ended. */
export function startResealing(ctx: Context): () => Promise<void> {
  let underWay = Promise.resolve()
  const go = () => {
    underWay = reseal(ctx)().then(() => undefined, (error: unknown) => ctx.log.error({ err: error }, 'what lies under older keys was not sealed anew'))
  }
  go()
  const timer = setInterval(go, everyMs)
  return () => {
    clearInterval(timer)
    return underWay
  }
}

/** Null where it cannot be opened: its key is gone from the settings, or it was changed. It is left as it is, and the rest goes on. */
function anew(ctx: Context, text: SealedText): string | null {
  const at = placeIn(text)
  try {
    return ctx.vault.seal(ctx.vault.open(text.sealed, at), at)
  } catch (error) {
    ctx.log.error({ merchant: text.merchantId, place: text.place, reason: error instanceof Error ? error.message : 'unknown' }, 'a sealed text cannot be opened')
    return null
  }
}

/** What the text is bound to; every kind of it is named where it is sealed. */
function placeIn({ place, merchantId, row }: SealedText): string {
  switch (place) {
    case 'access':
      return placeOf(merchantId, 'access')
    case 'refresh':
    case 'previous':
      return placeOf(merchantId, 'refresh')
    case 'letter':
      return letterPlace(merchantId, row)
    case 'return_url':
      return returnUrlPlace(row)
  }
}
