import type { ComponentChildren } from 'preact'
import type { Face } from './face.ts'

type GoProps = { face: Face; href: string; go: (() => void) | null; children: ComponentChildren; class?: string; current?: boolean; id?: string }

/** A step within the list: a link on our own page (so it works before scripts do), a button in a merchant's page. Without `go` the link itself does it. */
export function Go({ face, href, go, children, current, ...rest }: GoProps) {
  const state = current === undefined ? {} : { 'aria-current': current ? ('true' as const) : ('false' as const) }
  const press = (event: MouseEvent) => {
    if (!go || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go()
  }
  return face.base === null ? (
    <button type="button" onClick={press} {...state} {...rest}>{children}</button>
  ) : (
    <a href={href} onClick={press} {...state} {...rest}>{children}</a>
  )
}
