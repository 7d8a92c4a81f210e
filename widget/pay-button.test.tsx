import { waitFor } from '@testing-library/preact'
import { options } from 'preact'
import { afterEach, expect, test } from 'vitest'
import type { QuittanceElement } from './element.tsx'
import { fakeApi } from './fake/api.ts'
import { handful } from './fake/invoices.ts'
import { stageFace } from './fake/stage.tsx'
import { drawPay } from './pay-button.tsx'

/** Preact carries effects out in frames; this page has none until the test lets it. */
const held: (() => void)[] = []
const before = options.requestAnimationFrame
afterEach(() => {
  held.length = 0
  Object.assign(options, { requestAnimationFrame: before })
})

test('an answer that comes before the first frame is shown all the same', async () => {
  const { face, root } = stageFace(fakeApi(handful))
  options.requestAnimationFrame = frame => void held.push(frame)
  const element = document.createElement('div') as unknown as QuittanceElement
  element.setAttribute('invoice', 'inv_1042')
  const stop = drawPay(element, root, face, { origin: 'http://api.test', sheets: [], parts: face.parts, one: { now: { drawPay }, load: async () => ({ drawPay }) } })
  await waitFor(() => expect(face.portal.state.view).not.toBeNull())
  await waitFor(() => {
    for (const frame of held.splice(0)) frame()
    expect(root.textContent).toContain('Pay $1,240.00')
  })
  stop()
})
