import { renderToString } from 'preact-render-to-string'
import type { LandingInput } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import { Portal } from '../portal.ts'
import landingCss from './landing.css?inline'
import partsCss from '../parts.css?inline'
import listCss from '../widget.css?inline'
import { Landing, landingFace } from './Landing.tsx'
import { text } from '../text.ts'

/**
 * Writes the landing page's list, or one invoice, as it reads before any script runs: `html` for the declarative shadow
 * root of `<quittance-invoices mode="landing">`, `css` for a style element with the page's nonce beside it.
 */
export function renderLanding(input: LandingInput): { html: string; css: string } {
  const portal = landingPortal(input)
  const face = landingFace(portal, input, false, () => null)
  const css = listCss + partsCss + landingCss
  const accent = safeColour(input.view.merchant.accent)
  const state = JSON.stringify(input).replaceAll('<', String.raw`\u003c`)
  const body = renderToString(<Landing face={face} brand notice={input.notice} />)
  return {
    html: `<div class="root auto" lang="${text.language}">${body}</div><script type="application/json">${state}</script>`,
    css: accent ? `${css}.root{--merchant-accent:${accent}}` : css,
  }
}

/** A portal that only holds what is known: the server asks nothing. */
function landingPortal(input: LandingInput): Portal {
  const { view, locale, filter, sort, query, detail } = input
  const silent = { token: async () => null, renew: async () => null, take: () => undefined, signedInHere: () => false }
  return new Portal({
    client: createClient({ origin: '', locale, session: silent }),
    merchantKey: '', now: () => new Date(), emit: () => true,
    begin: { filter, sort, query, open: detail?.id ?? null },
  }, view)
}

/** A colour that a merchant chose, if it can be nothing but a colour. */
function safeColour(colour: string | null | undefined): string | null {
  return colour && /^(#[\da-f]{3,8}|[a-z]+|(rgb|hsl|oklch)a?\([\d\s.,%/deg-]+\))$/i.test(colour) ? colour : null
}
