import { useEffect, useState } from 'preact/hooks'
import type { ConsoleInvoiceRow } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { useDeed, useLoaded } from './loading.ts'
import { Button, Dialog, Failure } from './parts.tsx'
import { shortName } from './words.ts'

type SendDialogProps = { row: ConsoleInvoiceRow; onClose: () => void; onSent: (email: string) => void }

/** Mails the customer a link to the invoice. The address is seen, and may be another, before anything leaves. */
export function SendDialog({ row, onClose, onSent }: SendDialogProps) {
  const { client } = useConsole()
  const customer = useLoaded(async () => ({ found: await client.customerNamed(row.customerId, row.customerName) }), row.customerId)
  const [email, setEmail] = useState('')
  const [touched, setTouched] = useState(false)
  const deed = useDeed()
  const known = customer.value?.found?.email ?? null
  useEffect(() => { if (known && !touched) setEmail(known) }, [known])
  const asked = customer.value === null && customer.problem === null
  const submit = (event: Event) => {
    event.preventDefault()
    deed.run(async () => {
      await client.send(row.id, email.trim())
      onSent(email.trim())
    })
  }
  return (
    <Dialog title={`Send ${shortName(row)}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{row.customerName} gets an e-mail with a link to this invoice, {row.balance.text}.{row.visibility === 'draft' ? ' It leaves your Draft folder and is shown to them from then on.' : ''}</p>
        <label for="send-email">To</label>
        <input
          id="send-email" type="email" required autocomplete="off" value={email} aria-describedby="send-hint"
          onInput={event => { setTouched(true); setEmail(event.currentTarget.value) }}
        />
        <p id="send-hint" class="small" role="status">{hintOf({ asked, known, email: email.trim() })}</p>
        <Failure problem={deed.problem} />
        <div class="buttons">
          <Button kind="main" submit busy={deed.busy}>{deed.busy ? 'Sending…' : 'Send'}</Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

function hintOf({ asked, known, email }: { asked: boolean; known: string | null; email: string }): string {
  if (asked) return 'Looking up the address in QuickBooks…'
  if (known === null) return 'QuickBooks holds no address for this customer. Type the one to use.'
  return email === known ? 'The address that QuickBooks holds.' : `Not the address that QuickBooks holds (${known}). It is used this once.`
}
