import { useState } from 'preact/hooks'
import type { ConsoleInvoiceRow } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { useDeed } from './loading.ts'
import { StateMark } from './marks.tsx'
import { Button, Confirm, Failure } from './parts.tsx'
import { SendDialog } from './send-dialog.tsx'
import { shortName } from './words.ts'

type InvoiceRowProps = { row: ConsoleInvoiceRow; chosen?: boolean; onChoose?: () => void; onDone: () => void }

/** One invoice and what can be done with it. */
export function InvoiceRow({ row, chosen, onChoose, onDone }: InvoiceRowProps) {
  const name = invoiceName(row)
  const archived = row.visibility === 'archived'
  return (
    <li class="row">
      {onChoose ? <label class="check"><input type="checkbox" checked={chosen === true} onChange={onChoose} /><span class="unseen">Choose {name}</span></label> : null}
      <div class="row-name">
        <strong>{row.number ?? 'No number'}</strong>
        <span class="small">{row.customerName}</span>
      </div>
      <div class="row-state">
        {archived ? <StateMark shape="archived" text="Archived" /> : <StateMark shape={row.state} text={row.stateText} />}
        <span class="small">{row.processingText ?? seenText(row)}</span>
      </div>
      <div class="row-due">
        <span>{row.dueText}</span>
        <span class={row.state === 'overdue' ? 'small late' : 'small'}>{row.dueHint}</span>
      </div>
      <div class="row-amount numbers">
        <strong>{(row.balance.amount === 0 ? row.total : row.balance).text}</strong>
        <span class="small">{owedText(row)}</span>
      </div>
      <Actions row={row} name={name} onDone={onDone} />
    </li>
  )
}

/** "invoice 1042 for Blue Ridge Roofing" */
function invoiceName(row: ConsoleInvoiceRow): string {
  return `${shortName(row)} for ${row.customerName}`
}

function seenText(row: ConsoleInvoiceRow): string {
  if (row.visibility === 'draft') return 'Not shown yet'
  if (row.visibility === 'archived') return 'Hidden here'
  return row.viewedText ?? (row.emailed ? 'Shown, e-mailed' : 'Shown')
}

/** What the amount above it is: where nothing is owed the invoice's own. */
function owedText({ balance, total, state }: ConsoleInvoiceRow): string {
  if (balance.amount === 0) return state === 'paid' ? 'paid' : ''
  return balance.amount === total.amount ? 'owed' : `of ${total.text}`
}

function Actions({ row, name, onDone }: { row: ConsoleInvoiceRow; name: string; onDone: () => void }) {
  const { client, refresh, announce } = useConsole()
  const [asking, setAsking] = useState<'send' | 'archive' | null>(null)
  const deed = useDeed()
  const done = (text: string) => {
    setAsking(null)
    announce(text)
    onDone()
    refresh()
  }
  const archive = () => deed.run(async () => {
    await client.archive(row.id)
    done(`Archived ${name}.`)
  })
  const publish = () => deed.run(async () => {
    await client.publish([row.id])
    done(`Published ${name}.`)
  })
  const live = row.visibility !== 'archived'
  const sendable = live && row.state !== 'void'
  return (
    <div class="row-actions">
      {row.visibility === 'draft' ? <Button busy={deed.busy} label={`Publish ${name}`} onClick={publish}>Publish</Button> : null}
      {sendable ? <Button label={`Send ${name}`} onClick={() => setAsking('send')}>Send</Button> : null}
      {live ? <Button label={`Archive ${name}`} onClick={() => setAsking('archive')}>Archive</Button> : null}
      {row.quickBooksUrl ? <a class="button quiet" href={row.quickBooksUrl} target="_blank" rel="noopener noreferrer" aria-label={`Open ${name} in QuickBooks (new tab)`}>QuickBooks ↗</a> : null}
      {asking === null ? <Failure problem={deed.problem} /> : null}
      {asking === 'send' ? <SendDialog row={row} onClose={() => setAsking(null)} onSent={email => done(`Sent ${name} to ${email}.`)} /> : null}
      {asking === 'archive' ? (
        <Confirm title={`Archive ${shortName(row)}?`} verb="Archive" deed={deed} onConfirm={archive} onClose={() => { deed.forget(); setAsking(null) }}>
          <p>{row.customerName} no longer sees it and cannot pay it here. In QuickBooks it stays as it is.</p>
        </Confirm>
      ) : null}
    </div>
  )
}
