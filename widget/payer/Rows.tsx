import type { Face } from './face.ts'
import { Later } from './Later.tsx'
import { rowOf } from './Row.tsx'

/** The list. One that has more than it shows is handed to the part that can hold ten thousand. */
export function Rows({ face }: { face: Face }) {
  const { rows, nextCursor, busy } = face.portal.state
  const { many } = face.parts
  // The browser itself counts the rows of a list that is whole.
  const short = (
    <ul role="list" class={listClass(face)} aria-busy={busy === 'list'}>
      {rows.map((row, i) => nextCursor ? rowOf(face, row, i + 1, -1) : rowOf(face, row))}
    </ul>
  )
  if (face.live && (nextCursor || rows.length > manyFrom)) return <Later face={face} part={many} waiting={short}>{kit => <kit.ManyRows face={face} />}</Later>
  return <>{short}{!face.live && many.now && <many.now.Pages face={face} />}</>
}

const manyFrom = 50

/** Room for the boxes only where something can be chosen. */
export function listClass({ portal }: Face): string {
  const { rows, view } = portal.state
  return view?.payment.enabled && rows.some(row => row.canPay) ? 'list picks' : 'list'
}
