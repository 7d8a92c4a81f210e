import type { ConnectionView } from '../../../api/domain/console-views.ts'
import { ConnectButton, Disconnect } from '../connect.tsx'
import { useConsole } from '../context.ts'
import { ImportButtons } from '../imports.tsx'
import { StateMark } from '../marks.tsx'
import { countText, dayText } from '../words.ts'
import { Part, Save, useDraft } from './part.tsx'

/** QuickBooks: whether it is connected, what it costs, what comes over. */
export function ConnectionSettings() {
  const { view: { connection } } = useConsole()
  return (
    <Part title="QuickBooks">
      <State connection={connection} />
      {connection.state === 'connected' ? <><Facts connection={connection} /><Meter meter={connection.meter} /></> : null}
      <h3>Bring over</h3>
      <ImportButtons buttons={[
        { kind: 'since_last', label: 'Everything since last time', text: 'What was made or changed in QuickBooks since we last looked.' },
        { kind: 'full', label: 'Import', text: 'All invoices, payments and credits from the begin date on.' },
        { kind: 'customers', label: 'Refresh customers', text: 'Names, addresses and new customers.' },
      ]} />
      <BeginDate />
    </Part>
  )
}

function State({ connection }: { connection: ConnectionView }) {
  const company = connection.companyName ?? 'QuickBooks'
  switch (connection.state) {
    case 'none': return <><p>Not connected yet.</p><ConnectButton /></>
    case 'connected': return <div class="state-line"><StateMark shape="done" text={`Connected to ${company}`} /><Disconnect /></div>
    case 'needs_reconnect': return <><div class="state-line"><StateMark shape="blocked" text={`${company} must be connected again`} /><Disconnect /></div><ConnectButton again /></>
    case 'disconnected': return <><p>Disconnected{connection.companyName ? ` from ${connection.companyName}` : ''}. Your choices are kept.</p><ConnectButton /></>
  }
}

function Facts({ connection }: { connection: ConnectionView }) {
  const facts: [string, string | null][] = [
    ['Company', [connection.companyName, connection.country, connection.homeCurrency].filter(Boolean).join(', ')],
    ['Company ID at Intuit', connection.realmId],
    ['Connected', connection.connectedAt ? dayText(connection.connectedAt) : null],
    ['Access', connection.reconnectBeforeText],
    ['Last change seen', connection.lastChangeText],
  ]
  return <dl class="facts">{facts.map(([name, text]) => text ? <div key={name}><dt>{name}</dt><dd>{text}</dd></div> : null)}</dl>
}

function Meter({ meter }: { meter: ConnectionView['meter'] }) {
  const share = meter.readsMax > 0 ? meter.reads / meter.readsMax : 0
  const text = `${countText(meter.reads)} of ${countText(meter.readsMax)} reads this month`
  return (
    <div class="read-meter">
      <div class="import-head"><span>Reads at Intuit</span><span class="small numbers">{text}</span></div>
      <progress class={share > 0.8 ? 'near' : ''} aria-label="Reads at Intuit this month" max={meter.readsMax || 1} value={meter.reads} />
      <p class="small">Intuit counts reading. Writing is free: {countText(meter.writes)} so far.{share > 0.8 ? ' The month’s reads are nearly used; changes still arrive, large imports are better left for next month.' : ''}</p>
    </div>
  )
}

function BeginDate() {
  const draft = useDraft(['extractBeginDate'], 'The begin date is saved.')
  return (
    <form onSubmit={event => { event.preventDefault(); draft.save() }}>
      <label for="begin-date">Begin date</label>
      <input
        id="begin-date" type="date" value={draft.value.extractBeginDate ?? ''} aria-describedby="begin-hint"
        onInput={event => draft.set({ extractBeginDate: event.currentTarget.value || null })}
      />
      <p id="begin-hint" class="small">Invoices dated before it stay in QuickBooks, unless they are still open. An earlier date brings older ones over at once. Left empty, it is 90 days before you connected.</p>
      <Save changed={draft.changed} deed={draft.deed} />
    </form>
  )
}
