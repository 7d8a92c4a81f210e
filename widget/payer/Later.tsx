import { Component, type ComponentChildren } from 'preact'
import { text } from '../text.ts'
import type { Face, Part } from './face.ts'

type LaterProps<K> = { face: Face; part: Part<K>; waiting?: ComponentChildren; children: (kit: K) => ComponentChildren }

/** A part that is fetched when it is first shown. Where it cannot come, the reader is told and may try again. */
export class Later<K> extends Component<LaterProps<K>, { failed: boolean }> {
  override state = { failed: false }

  override componentDidMount(): void {
    if (!this.props.part.now) this.fetch()
  }

  fetch = (): void => {
    const { part, face } = this.props
    this.setState({ failed: false })
    part.load().then(() => face.portal.set({}), () => this.setState({ failed: true }))
  }

  override render({ part, waiting, children }: LaterProps<K>, { failed }: { failed: boolean }): ComponentChildren {
    if (part.now) return children(part.now)
    return failed ? <div class="middle" role="alert"><p>{text.failed}</p><button type="button" class="plain" onClick={this.fetch}>{text.retry}</button></div> : waiting
  }
}
