import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Where the console stands: the path behind `/console` and the query. */
export type Place = { path: string; query: URLSearchParams }

/** Goes to another place of the console without loading a page. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href)
  else history.replaceState(null, '', href)
  dispatchEvent(new PopStateEvent('popstate'))
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow)
  useEffect(() => {
    const follow = () => setPlace(placeNow())
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  return place
}

function placeNow(): Place {
  const path = location.pathname.replace(/\/+$/, '') || '/console'
  return { path, query: new URLSearchParams(location.search) }
}

type LinkProps = { href: string; class?: string; current?: boolean; label?: string; children: ComponentChildren }

/** A link within the console: a plain one for the middle mouse button and for "open in a new tab". */
export function Link({ href, class: name, current = false, label, children }: LinkProps) {
  return (
    <a
      href={href}
      {...(name ? { class: name } : {})}
      {...(label ? { 'aria-label': label } : {})}
      {...(current ? { 'aria-current': 'page' as const } : {})}
      onClick={event => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        go(href)
      }}
    >
      {children}
    </a>
  )
}
