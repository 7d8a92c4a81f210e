import type { ImportStep, ImportView } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { useDeed } from './loading.ts'
import { Button, Failure, Notice } from './parts.tsx'
import { Link } from './router.tsx'
import { countOf, countText, spanText } from './words.ts'

type StartedKind = 'since_last' | 'customers' | 'full'

const names: Record<ImportView['kind'], string> = {
  first_load: 'First load from QuickBooks',
  since_last: 'Everything since last time',
  customers: 'Customers from QuickBooks',
  full: 'Import from QuickBooks',
}

/** The running import in the header of every place. */
export function HeaderProgress() {
  const { followed } = useConsole()
  if (followed?.state !== 'running') return null
  return (
    <Link href="/console/settings" class="header-progress" label={`${names[followed.kind]}: ${wholeText(followed)}`}>
      <Bar label={names[followed.kind]} done={followed.done} total={followed.total} />
      <span class="small" aria-hidden="true">{wholeText(followed)}</span>
    </Link>
  )
}

/** A button that starts an import; its bar appears under it. Without a connection it says why it cannot. */
export function ImportButtons({ buttons }: { buttons: readonly { kind: StartedKind; label: string; text?: string }[] }) {
  const { client, view, followed, follow, announce } = useConsole()
  const deed = useDeed()
  const busy = followed?.state === 'running'
  const connected = view.connection.state === 'connected'
  const start = (kind: StartedKind) => deed.run(async () => {
    follow(await client.startImport(kind))
    announce(`${names[kind]}: started.`)
  })
  const here = followed && (followed.kind === 'first_load' || buttons.some(({ kind }) => kind === followed.kind)) ? followed : null
  return (
    <div class="imports">
      <div class="buttons">
        {buttons.map(({ kind, label, text }) => (
          <div key={kind} class="import-button">
            <Button disabled={!connected} busy={busy || deed.busy} onClick={() => start(kind)}>{label}</Button>
            {text ? <span class="small">{text}</span> : null}
          </div>
        ))}
      </div>
      {connected ? null : <p class="small">Bringing over needs a connection to QuickBooks. <Link href="/console/settings">Go to Settings</Link></p>}
      {busy && !here ? <p class="small">Another import is running; its bar is at the top.</p> : null}
      <Failure problem={deed.problem} />
      {here ? <ImportProgress view={here} retry={() => start(here.kind === 'first_load' ? 'full' : here.kind)} /> : null}
    </div>
  )
}

/** How an import goes: each kind of record with its own bar, the speed, and what is left. */
export function ImportProgress({ view, retry }: { view: ImportView; retry: () => void }) {
  switch (view.state) {
    case 'failed': return (
      <Notice tone="bad" urgent action={<Button onClick={retry}>Try again</Button>}>
        <p><strong>{names[view.kind]} stopped</strong> after {countOf(view.done, 'record')}. What is here stays.</p>
        <p>{view.problem ?? 'Try again; it goes on where it stopped.'}</p>
      </Notice>
    )
    case 'done': return <Notice tone="good"><p><strong>{names[view.kind]}: done.</strong> {doneText(view)}</p></Notice>
    case 'running': return (
      <section class="import-progress" aria-label={names[view.kind]}>
        <div class="import-head">
          <strong>{names[view.kind]}</strong>
          <span class="small numbers">{speedText(view)}</span>
        </div>
        <Bar label="All records" done={view.done} total={view.total} />
        <ul class="import-steps">{view.steps.map(step => <Step key={step.entity} step={step} />)}</ul>
      </section>
    )
  }
}

function Step({ step }: { step: ImportStep }) {
  return (
    <li class={`import-step ${step.state}`}>
      <span>{step.label}</span>
      <Bar label={step.label} done={step.state === 'done' ? Math.max(step.done, 1) : step.done} total={step.state === 'done' ? Math.max(step.done, 1) : step.total} waiting={step.state === 'waiting'} />
      <span class="small numbers">{stepText(step)}</span>
    </li>
  )
}

function stepText(step: ImportStep): string {
  switch (step.state) {
    case 'waiting': return step.total === null ? 'waiting' : `${countText(step.total)} waiting`
    case 'running': return step.total === null ? countText(step.done) : `${countText(step.done)} of ${countText(step.total)}`
    case 'done': return `${countText(step.done)} ✓`
    case 'failed': return `stopped at ${countText(step.done)}`
  }
}

function Bar({ label, done, total, waiting = false }: { label: string; done: number; total: number | null; waiting?: boolean }) {
  const known = total !== null || waiting
  return <progress aria-label={label} max={total || 1} {...(known ? { value: waiting ? 0 : total === 0 ? 1 : done } : {})} />
}

function wholeText(view: ImportView): string {
  const count = view.total === null ? countOf(view.done, 'record') : `${countText(view.done)} of ${countText(view.total)}`
  return view.secondsLeft === null ? count : `${count} · ${spanText(view.secondsLeft)} left`
}

function speedText(view: ImportView): string {
  const speed = view.rate === null ? null : `${countText(Math.round(view.rate))} a second`
  return [wholeText(view), speed].filter(Boolean).join(' · ')
}

function doneText(view: ImportView): string {
  const seconds = view.finishedAt ? (Date.parse(view.finishedAt) - Date.parse(view.startedAt)) / 1000 : null
  const span = seconds === null ? '' : ` in ${spanText(seconds)}`
  return view.done === 0 ? 'Nothing was new.' : `${countOf(view.done, 'record')}${span}.`
}
