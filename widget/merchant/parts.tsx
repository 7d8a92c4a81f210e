import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useConsole } from './context.ts'
import { useDeed, type Deed } from './loading.ts'
import type { ConsoleProblem } from './problem.ts'
import { countText } from './words.ts'

type ButtonProps = {
  children: ComponentChildren
  onClick?: () => void
  kind?: 'main' | 'quiet' | 'danger'
  submit?: boolean
  busy?: boolean
  disabled?: boolean
  /** The whole name for a screen reader where the text alone is not clear, e.g. "Send invoice 1042". */
  label?: string
  pressed?: boolean
}

/** A button that stays focusable while it works, so that the keyboard does not lose its place. */
export function Button({ children, onClick, kind = 'quiet', submit = false, busy = false, disabled = false, label, pressed }: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={`button ${kind}`}
      disabled={disabled}
      aria-disabled={busy}
      aria-busy={busy}
      {...(label ? { 'aria-label': label } : {})}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={event => {
        if (busy) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}

/** Something to know or to act on; `urgent` is read out at once. */
export function Notice({ tone, children, action, urgent = false }: { tone: 'bad' | 'warn' | 'good' | 'plain'; children: ComponentChildren; action?: ComponentChildren; urgent?: boolean }) {
  return (
    <div class={`notice ${tone}`} {...(urgent ? { role: 'alert' as const } : {})}>
      <span class="notice-mark" aria-hidden="true">{tone === 'good' ? '✓' : tone === 'plain' ? 'i' : '!'}</span>
      <div class="notice-text">{children}</div>
      {action ? <div class="notice-action">{action}</div> : null}
    </div>
  )
}

/** What went wrong, with a way to go on. */
export function Failure({ problem, retry }: { problem: ConsoleProblem | null; retry?: () => void }) {
  if (!problem) return null
  return (
    <Notice tone="bad" urgent action={retry ? <Button onClick={retry}>Try again</Button> : null}>
      <p>{problem.message}</p>
      {problem.faults.length > 0 ? <ul>{problem.faults.map(fault => <li key={fault.field}>{fault.message}</li>)}</ul> : null}
    </Notice>
  )
}

/** As many grey rows as will be there, at their final height. */
export function Skeleton({ rows, what }: { rows: number; what: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading {what}</span>
      {Array.from({ length: rows }, (_, i) => <div key={i} class="skeleton-row" aria-hidden="true"><span /><span /></div>)}
    </div>
  )
}

/** The browser's own modal dialog: it keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => { if (opener instanceof HTMLElement && opener.isConnected) opener.focus() }
  }, [])
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onClose} onCancel={event => { event.preventDefault(); onClose() }}>
      <header>
        <h2 id={titleId}>{title}</h2>
        <Button onClick={onClose} label="Close">✕</Button>
      </header>
      {children}
    </dialog>
  )
}

type ConfirmProps = { title: string; verb: string; danger?: boolean; deed: Deed; onConfirm: () => void; onClose: () => void; children: ComponentChildren }

/** Asks before something that cannot simply be undone, and says what will happen. */
export function Confirm({ title, verb, danger = false, deed, onConfirm, onClose, children }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <Failure problem={deed.problem} />
      <div class="buttons">
        <Button kind={danger ? 'danger' : 'main'} busy={deed.busy} onClick={onConfirm}>{verb}</Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}

/** A text to take away, with its button. Where the browser refuses the clipboard the text is selected instead. */
export function CopyField({ label, text, rows = 1 }: { label: string; text: string; rows?: number }) {
  const { outside, announce } = useConsole()
  const field = useRef<HTMLTextAreaElement>(null)
  const [state, setState] = useState<'idle' | 'copied' | 'by_hand'>('idle')
  const id = useId()
  const copy = () => {
    outside.copy(text).then(
      () => { setState('copied'); announce('Copied.') },
      () => { field.current?.select(); setState('by_hand') },
    )
  }
  return (
    <div class="copy-field">
      <label for={id}>{label}</label>
      <textarea id={id} ref={field} rows={rows} readOnly spellcheck={false} value={text} />
      <div class="buttons">
        <Button kind="main" onClick={copy}>{state === 'copied' ? 'Copied ✓' : 'Copy'}</Button>
        {state === 'by_hand' ? <span class="small">The text is selected: copy it with your keyboard.</span> : null}
      </div>
    </div>
  )
}

/** An empty place: one sentence and the next step. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>
}

type PagerProps = { shown: number; total: number | null; nextCursor: string | null; what: string; more: () => Promise<void> }

/** "50 of 1,240 invoices" and the way to the rest. */
export function Pager({ shown, total, nextCursor, what, more }: PagerProps) {
  const deed = useDeed()
  const count = total === null ? countText(shown) : `${countText(shown)} of ${countText(total)}`
  return (
    <div class="pager">
      <span class="small">{count} {what}</span>
      {nextCursor ? <Button busy={deed.busy} onClick={() => deed.run(more)}>{deed.busy ? 'Loading…' : 'Show more'}</Button> : null}
      <Failure problem={deed.problem} retry={() => deed.run(more)} />
    </div>
  )
}
