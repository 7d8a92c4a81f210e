import type { InvoiceRow } from '../../api/domain/views.ts'
import { decimalMark, editableAmount, fractionDigits } from '../amounts.ts'
import { choose, typeAmount } from '../payment.ts'
import { chosenOf, mayChoose, type ChosenLine } from '../selection.ts'
import { more } from '../text-more.ts'
import { shown, type Face } from './face.ts'

/** The box that takes an invoice into the selection. */
export function Tick({ face, row }: { face: Face; row: InvoiceRow }) {
  const { selection, view } = face.portal.state
  const other = mayChoose(selection, row, view?.payment.several ?? false) === 'other-payment'
  return (
    <label class="tick">
      <input
        type="checkbox" name="invoice" value={row.id} checked={selection.has(row.id)} disabled={other}
        aria-label={more.choose(row.number)} aria-describedby={other ? 'one-payment' : `why-${row.id}`}
        onChange={() => choose(face, row)}
      />
    </label>
  )
}

/** Paying a part: closed, the whole is paid. */
export function PartAmount({ face, row }: { face: Face; row: InvoiceRow }) {
  const { currency, amount } = row.payable
  const entry = face.portal.state.selection.get(row.id)
  const mark = decimalMark(face.portal.ports.client.locale)
  const line = entry && chosenOf(new Map([[row.id, entry]]), mark).lines[0]
  const fault = line?.fault ? faultText(face, line, mark) : null
  const typed = entry?.part ?? null
  return (
    <details class="part" open={typed !== null}>
      <summary onClick={event => {
        event.preventDefault()
        typeAmount(face, row.id, typed === null ? editableAmount(amount, currency, mark) : null)
      }}>{more.payPart}</summary>
      <input
        type="text" inputMode="decimal" autocomplete="off" name={`amount-${row.id}`} value={typed ?? ''} size={12}
        aria-label={more.amountToPay(row.number, currency)} aria-invalid={fault !== null} aria-describedby={`part-${row.id}`}
        onInput={event => typeAmount(face, row.id, event.currentTarget.value)}
      />
      <span id={`part-${row.id}`} class={fault ? 'fault' : 'soft'}>{fault ?? more.partHint(shown(face, row.payable))}</span>
    </details>
  )
}

function faultText(face: Face, { fault, row }: ChosenLine, mark: string): string {
  const { currency, amount } = row.payable
  switch (fault) {
    case 'too-small': return more.tooSmall
    case 'too-large': return more.tooLarge(shown(face, row.payable))
    case 'too-fine': return more.tooFine(fractionDigits(currency))
    case 'not-an-amount': case null: return more.notAnAmount(editableAmount(amount, currency, mark))
  }
}
