import type { InvoiceState } from '../../api/domain/views.ts'

/** One shape a state, so that colour is never the only difference. */
const paths: Record<InvoiceState | 'alert' | 'offline', string> = {
  draft: 'M3 13l1-3 7-7 2 2-7 7z',
  open: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11z',
  due_soon: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 5v3.2l2 1.3',
  overdue: 'M8 2.5l6 11H2zM8 7v3M8 11.6v.4',
  partly_paid: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 3v10M10 3.5v9M12 5v6',
  processing: 'M13 6a5.3 5.3 0 00-9.6-1M3 2.5v3h3M3 10a5.3 5.3 0 009.6 1M13 13.5v-3h-3',
  paid: 'M2.5 8.5l3.5 3.5 7.5-8',
  void: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 5v3.5M8 10.6v.4',
  offline: 'M2.5 13.5l11-11M4 10a3 3 0 010-5 4 4 0 016-1M12 6a3 3 0 010 6H7',
}

export function Shape({ of }: { of: keyof typeof paths }) {
  return (
    <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[of]} />
    </svg>
  )
}
