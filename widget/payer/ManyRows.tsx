import { useEffect, useRef, useState } from 'preact/hooks'
import type { InvoiceList, InvoiceRow } from '../../api/domain/views.ts'
import { more } from '../text-more.ts'
import { text } from '../text.ts'
import { address, type Face } from './face.ts'
import { rowOf } from './Row.tsx'
import { listClass } from './Rows.tsx'

const rowsPerBlock = 25
const nearPx = 600

/** A long list scrolls by itself, so that the page below stays in reach; a block of rows far from the eye is only its height. */
export function ManyRows({ face }: { face: Face }) {
  const { rows, nextCursor, busy, counts, filter, query } = face.portal.state
  const [scroller, setScroller] = useState<Element | null>(null)
  const size = nextCursor && query ? -1 : Math.max(nextCursor ? counts[filter] : 0, rows.length)
  const blocks: InvoiceRow[][] = []
  for (let at = 0; at < rows.length; at += rowsPerBlock) blocks.push(rows.slice(at, at + rowsPerBlock))
  return (
    <div ref={setScroller} class={`${listClass(face)} scrolls`} role="region" aria-label={text.invoices} tabIndex={0} aria-busy={busy === 'list'}>
      {scroller && blocks.map((block, i) => <Block key={`${filter}${i}`} face={face} rows={block} first={i * rowsPerBlock + 1} size={size} scroller={scroller} />)}
      {scroller && nextCursor && <More face={face} scroller={scroller} />}
    </div>
  )
}

function Block({ face, rows, first, size, scroller }: { face: Face; rows: InvoiceRow[]; first: number; size: number; scroller: Element }) {
  const block = useRef<HTMLUListElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  useEffect(() => watchSight(block.current, scroller, seen => {
    // A row that holds the focus is not taken from under the reader's hands.
    const element = block.current
    setHeight(seen || !element || element.matches(':focus-within') ? null : element.offsetHeight)
  }), [scroller])
  return (
    <ul ref={block} role="list" style={height === null ? {} : { blockSize: `${height}px` }}>
      {height === null && rows.map((row, i) => rowOf(face, row, first + i, size))}
    </ul>
  )
}

/** The end of what is loaded: seen from near, it fetches the next page; it is a button for those who do not scroll. */
function More({ face, scroller }: { face: Face; scroller: Element }) {
  const { busy, rows } = face.portal.state
  const end = useRef<HTMLButtonElement>(null)
  useEffect(() => watchSight(end.current, scroller, seen => { if (seen) void nextPage(face) }), [scroller, rows.length])
  return <button ref={end} type="button" class="plain more" aria-disabled={busy === 'more'} onClick={() => void nextPage(face)}>{busy === 'more' ? more.loadingMore : more.more}</button>
}

async function nextPage({ portal }: Face): Promise<void> {
  const { nextCursor, busy, banner } = portal.state
  if (!nextCursor || busy || banner) return
  portal.set({ busy: 'more' })
  const answer = await portal.latest(portal.ports.client.json<InvoiceList>('GET', `/v1/invoices${portal.query(nextCursor)}`))
  if (!answer) return
  portal.set({ busy: null })
  if ('trouble' in answer) return portal.fail(answer.trouble)
  const known = new Set(portal.state.rows.map(row => row.id))
  portal.set({ rows: [...portal.state.rows, ...answer.value.invoices.filter(row => !known.has(row.id))], nextCursor: answer.value.nextCursor })
}

function watchSight(element: Element | null, scroller: Element, told: (seen: boolean) => void): (() => void) | undefined {
  if (!element || typeof IntersectionObserver === 'undefined') return undefined
  const observer = new IntersectionObserver(entries => told(entries.at(-1)?.isIntersecting ?? true), { root: scroller, rootMargin: `${nearPx}px 0px` })
  observer.observe(element)
  return () => observer.disconnect()
}

/** The way through the list before scripts have taken over. */
export function Pages({ face }: { face: Face }) {
  const { page } = face
  const { nextCursor } = face.portal.state
  if (page === 1 && !nextCursor) return null
  return (
    <div class="pages">
      {page > 1 && <a class="plain" href={address(face, { page: page - 1 })}>{more.previousPage}</a>}
      {nextCursor && <a class="plain" href={address(face, { page: page + 1 })}>{more.nextPage}</a>}
    </div>
  )
}
