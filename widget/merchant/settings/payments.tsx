import { useConsole } from '../context.ts'
import { useLoaded } from '../loading.ts'
import { Failure, Notice } from '../parts.tsx'
import { Part, Save, useDraft } from './part.tsx'

/** Where QuickBooks records payments, and what a customer may choose. */
export function PaymentSettings() {
  const { view } = useConsole()
  const draft = useDraft(['recordingAccountId', 'partialPayments', 'multiInvoice'], 'The payment settings are saved.')
  return (
    <Part title="Payments">
      {view.gates.payments ? <Notice tone="warn"><p>{view.gates.payments}</p></Notice> : null}
      <form onSubmit={event => { event.preventDefault(); draft.save() }}>
        <RecordingAccount chosen={draft.value.recordingAccountId} onChoose={recordingAccountId => draft.set({ recordingAccountId })} />
        <label class="choice">
          <input type="checkbox" checked={draft.value.partialPayments} onChange={event => draft.set({ partialPayments: event.currentTarget.checked })} />
          <span><strong>Customers may pay a part</strong><span class="small">The rest stays open on the invoice.</span></span>
        </label>
        <label class="choice">
          <input type="checkbox" checked={draft.value.multiInvoice} onChange={event => draft.set({ multiInvoice: event.currentTarget.checked })} />
          <span><strong>Customers may pay several invoices at once</strong><span class="small">One payment in QuickBooks, with one line for each invoice.</span></span>
        </label>
        <Save changed={draft.changed} deed={draft.deed} />
      </form>
    </Part>
  )
}

function RecordingAccount({ chosen, onChoose }: { chosen: string | null; onChoose: (id: string | null) => void }) {
  const { client, view, changes } = useConsole()
  const connected = view.connection.state === 'connected'
  const loaded = useLoaded(async () => connected ? (await client.ledgerAccounts()).accounts : [], String(connected), changes)
  if (!connected) return <p class="muted">Connect QuickBooks to choose the bank account in which payments are recorded.</p>
  const accounts = loaded.value ?? []
  const missing = chosen !== null && loaded.value !== null && !accounts.some(({ id }) => id === chosen)
  return (
    <div class="field">
      <label for="recording">Record payments in</label>
      <select id="recording" value={chosen ?? ''} disabled={loaded.value === null} aria-describedby="recording-hint" onChange={event => onChoose(event.currentTarget.value || null)}>
        <option value="">Undeposited Funds (QuickBooks’ own choice)</option>
        {accounts.map(({ id, name, type }) => <option key={id} value={id}>{name} ({type})</option>)}
        {missing ? <option value={chosen}>An account that is no longer in QuickBooks</option> : null}
      </select>
      <Failure problem={loaded.problem} retry={loaded.reload} />
      <p id="recording-hint" class="small">Choose the bank account that your payouts arrive in, so that both agree when you reconcile.</p>
      <p class="small">We record payments and no deposits: the bank feed in QuickBooks already matches your payouts to them.</p>
    </div>
  )
}
