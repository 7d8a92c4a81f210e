import type { Quittance } from '../widget.ts'
import css from '../parts.css?inline'

/** Stands in for Preact in the lazy parts: they use the entry's own, so that there is one on the page, and bring their styles to its sheet. */
const { preact, dress } = (globalThis as unknown as { Quittance: Quittance }).Quittance
dress(css)
export const { jsx, Component, Fragment, options, render } = preact
export const jsxs = jsx
