import type { InvoiceState } from '../../api/domain/views.ts'

type Shape = InvoiceState | 'archived' | 'waiting' | 'done' | 'blocked' | 'none'

/** A state in words, shape and colour together. */
export function StateMark({ shape, text }: { shape: Shape; text: string }) {
  return (
    <span class={`state ${toneOf(shape)}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">{drawingOf(shape)}</svg>
      {text}
    </span>
  )
}

function toneOf(shape: Shape): 'bad' | 'warn' | 'good' | 'info' | 'plain' {
  switch (shape) {
    case 'overdue': case 'blocked': return 'bad'
    case 'due_soon': return 'warn'
    case 'paid': case 'done': return 'good'
    case 'processing': case 'partly_paid': case 'waiting': return 'info'
    case 'open': case 'draft': case 'void': case 'archived': case 'none': return 'plain'
  }
}

function drawingOf(shape: Shape) {
  const ring = <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
  switch (shape) {
    case 'draft': return <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2.4 2.3" />
    case 'open': return ring
    case 'due_soon': return <>{ring}<path d="M8 4.5V8l2.5 1.5" fill="none" stroke="currentColor" stroke-width="1.6" /></>
    case 'overdue': case 'blocked': return <path d="M8 1.5 15 14H1Zm-.9 4.7v4h1.8v-4Zm0 5v1.7h1.8v-1.7Z" fill="currentColor" fill-rule="evenodd" />
    case 'partly_paid': return <>{ring}<path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" /></>
    case 'processing': case 'waiting': return <><path d="M14 8a6 6 0 1 1-2-4.5" fill="none" stroke="currentColor" stroke-width="2" /><path d="M12.5.5v4h-4Z" fill="currentColor" /></>
    case 'paid': case 'done': return <path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10.2L3.9 8.1l1.3-1.3L7 8.6l3.8-3.8 1.3 1.3Z" fill="currentColor" fill-rule="evenodd" />
    case 'void': return <>{ring}<path d="m4 12 8-8" stroke="currentColor" stroke-width="2" /></>
    case 'archived': return <path d="M1.5 2.5h13v3h-13Zm1 4h11v7h-11Zm3.5 2v1.6h4V8.500Z" fill="currentColor" fill-rule="evenodd" />
    case 'none': return <path d="M3 8h10" stroke="currentColor" stroke-width="2" />
  }
}

export type PlaceIcon = 'home' | 'invoices' | 'customers' | 'payments' | 'settings'

export function Icon({ of }: { of: PlaceIcon }) {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={iconPaths[of]} />
    </svg>
  )
}

const iconPaths: Record<PlaceIcon, string> = {
  home: 'M3 9.500 10 3.500l7 6V16.500H12v-4.500H8v4.500H3Z',
  invoices: 'M5 2.500h7l3.500 3.500V17.500H5ZM12 2.500V6h3.500M7.500 10h5M7.500 13.500h5',
  customers: 'M7.500 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.500c0-3 2.500-4.500 5.500-4.500s5.500 1.500 5.500 4.500M13.500 4a3 3 0 0 1 0 5.300M15.500 12.500c1.600.600 2.500 2 2.500 4',
  payments: 'M2.500 5h15v10.500h-15ZM2.500 8.500h15M5.500 12.500h3',
  settings: 'M3 5.500h8M15 5.500h2M3 14.500h2M9 14.500h8M13 3.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM7 12.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z',
}
