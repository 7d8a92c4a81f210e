import type { FrameMessage } from '../dialog.ts'

export type Frame = {
  /** True when the page stands in the widget's dialog. */
  framed: boolean
  tell: (message: Omit<FrameMessage, 'source'>) => void
}

/** The way to the page around this one: only to the origin that the address names, which is the one that may frame it. */
export function frameOf(window: Window): Frame {
  const origin = new URLSearchParams(window.location.search).get('frame')
  const framed = window.parent !== window && origin !== null && URL.canParse(origin)
  return {
    framed,
    tell(message) {
      if (framed) window.parent.postMessage({ source: 'quittance', ...message } satisfies FrameMessage, origin)
    },
  }
}
