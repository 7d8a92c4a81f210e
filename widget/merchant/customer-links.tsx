import { useState } from 'preact/hooks'
import type { ConsoleCustomerRow, LinkView } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { useDeed, useLoaded } from './loading.ts'
import { StateMark } from './marks.tsx'
import { Button, CopyField, Dialog, Failure, Skeleton } from './parts.tsx'
import { dayText } from './words.ts'

/** The links that lead to one customer's invoices, and the end of each. */
export function CustomerLinks({ row, onClose }: { row: ConsoleCustomerRow; onClose: () => void }) {
  const { client, changes } = useConsole()
  const [url, setUrl] = useState<string | null>(null)
  const loaded = useLoaded(() => client.links(row.id), row.id, changes)
  const deed = useDeed()
  const create = () => deed.run(async () => {
    setUrl((await client.createLink(row.id)).url)
    loaded.reload()
  })
  return (
    <Dialog title={`Links of ${row.name}`} onClose={onClose}>
      <p>Whoever holds a link sees the invoices behind it until it ends. A revoked link stops working at once.</p>
      <Failure problem={loaded.problem} retry={loaded.reload} />
      {loaded.value
        ? loaded.value.links.length > 0
          ? <ul class="rows links" aria-label="Links">{loaded.value.links.map(link => <LinkRow key={link.id} link={link} onRevoked={loaded.reload} />)}</ul>
          : <p class="muted">No link was made yet.</p>
        : loaded.problem ? null : <Skeleton rows={2} what="links" />}
      {url ? <CopyField label="The new link. It is shown this once." text={url} rows={2} /> : null}
      <Failure problem={deed.problem} />
      <div class="buttons"><Button busy={deed.busy} onClick={create}>New link</Button></div>
    </Dialog>
  )
}

function LinkRow({ link, onRevoked }: { link: LinkView; onRevoked: () => void }) {
  const { client, outside, announce } = useConsole()
  const deed = useDeed()
  const ended = link.revokedAt !== null || Date.parse(link.expiresAt) <= outside.now()
  const name = `${link.invoiceId ? 'one invoice' : 'all invoices'}, made ${dayText(link.createdAt)}`
  const revoke = () => deed.run(async () => {
    await client.revokeLink(link.id)
    announce('The link is revoked.')
    onRevoked()
  })
  return (
    <li class="row">
      <div class="row-name">
        <strong>{link.invoiceId ? 'One invoice' : 'All invoices'}</strong>
        <span class="small">made {dayText(link.createdAt)}{link.email ? `, mailed to ${link.email}` : ''}</span>
      </div>
      <div class="row-state">
        {link.revokedAt !== null
          ? <StateMark shape="void" text={`Revoked ${dayText(link.revokedAt)}`} />
          : ended ? <StateMark shape="none" text={`Ended ${dayText(link.expiresAt)}`} /> : <StateMark shape="done" text={`Works until ${dayText(link.expiresAt)}`} />}
      </div>
      <div class="row-actions">
        {ended ? null : <Button kind="danger" busy={deed.busy} onClick={revoke} label={`Revoke the link to ${name}`}>Revoke</Button>}
        <Failure problem={deed.problem} />
      </div>
    </li>
  )
}

/** For browsers that refuse the clipboard. */
export function LinkToCopy({ row, url, onClose }: { row: ConsoleCustomerRow; url: string; onClose: () => void }) {
  return (
    <Dialog title={`Link for ${row.name}`} onClose={onClose}>
      <CopyField label="The link. It is shown this once." text={url} rows={2} />
    </Dialog>
  )
}
