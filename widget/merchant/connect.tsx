import { useState } from 'preact/hooks'
import { connectProblemText } from '../../api/domain/connect-problem.ts'
import type { Arrival } from './arrival.ts'
import { useConsole } from './context.ts'
import { useDeed } from './loading.ts'
import { Button, Confirm, Notice } from './parts.tsx'

/** Intuit asks for this wording, and for the button to be gone once connected. */
export function ConnectButton({ again = false }: { again?: boolean }) {
  return <a class="button intuit" href="/console/connect">{again ? 'Reconnect to QuickBooks' : 'Connect to QuickBooks'}</a>
}

/** What a merchant without a connection sees on Home. */
export function ConnectPanel() {
  const { view: { connection } } = useConsole()
  const before = connection.state === 'disconnected'
  return (
    <section class="connect-panel" aria-labelledby="connect-title">
      <h2 id="connect-title">{before ? 'QuickBooks is disconnected' : 'Bring in your invoices'}</h2>
      <p>
        {before
          ? `Your choices and everything linked to ${connection.companyName ?? 'your company'} are kept. Connect again and it goes on where it stopped.`
          : 'Connect your QuickBooks company and your customers can see and pay their invoices on your own website.'}
      </p>
      <ConnectButton />
      <p class="small">You choose the company at Intuit and come straight back. Leave every permission ticked, or we cannot read your invoices.</p>
    </section>
  )
}

/** What is wrong with the connection, above every place, and how a visit to Intuit ended. */
export function ConnectionBanner({ arrival, onArrivalRead }: { arrival: Arrival; onArrivalRead: () => void }) {
  const { view: { connection } } = useConsole()
  const connected = connection.state === 'connected'
  return (
    <>
      {arrival.problem ? (
        <Notice tone="bad" urgent action={<><a class="button main" href="/console/connect">Try again</a><Button onClick={onArrivalRead}>Dismiss</Button></>}>
          <p>{connection.notice ?? connectProblemText(arrival.problem)}</p>
        </Notice>
      ) : null}
      {arrival.connected && connected ? (
        <Notice tone="good" action={<Button onClick={onArrivalRead}>Dismiss</Button>}>
          <p>{connection.companyName ?? 'Your company'} is connected. Its invoices are on their way.</p>
        </Notice>
      ) : null}
      {connection.state === 'needs_reconnect' && !arrival.problem ? (
        <Notice tone="bad" urgent action={<ConnectButton again />}>
          <p>{connection.notice ?? 'QuickBooks no longer lets us in. Reconnect to go on; until then nothing new comes in, and payments wait here to be recorded.'}</p>
        </Notice>
      ) : null}
      {connection.state !== 'needs_reconnect' && connection.notice && !arrival.problem ? <Notice tone="warn"><p>{connection.notice}</p></Notice> : null}
    </>
  )
}

/** Takes the place of the Connect button once connected. */
export function Disconnect() {
  const { client, view, update, announce } = useConsole()
  const [asking, setAsking] = useState(false)
  const deed = useDeed()
  const close = () => { deed.forget(); setAsking(false) }
  const disconnect = () => deed.run(async () => {
    const connection = await client.disconnect()
    setAsking(false)
    update({ connection })
    announce('QuickBooks is disconnected.')
  })
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>Disconnect</Button>
      {asking ? (
        <Confirm title="Disconnect from QuickBooks?" verb="Disconnect" danger deed={deed} onConfirm={disconnect} onClose={close}>
          <ul class="plain-list">
            <li>Our access to {view.connection.companyName ?? 'your company'} is revoked at Intuit and our tokens are deleted.</li>
            <li>Changes in QuickBooks no longer come here, and payments taken meanwhile wait to be recorded.</li>
            <li>Your choices and all links between the two are kept: connect again and it goes on.</li>
            <li>Nothing in QuickBooks is changed.</li>
          </ul>
        </Confirm>
      ) : null}
    </>
  )
}
