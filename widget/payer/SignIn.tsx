import { useEffect, useRef, useState } from 'preact/hooks'
import type { MerchantView } from '../../api/domain/views.ts'
import type { Answer, Trouble } from '../client.ts'
import type { Portal } from '../portal.ts'
import { more } from '../text-more.ts'
import type { Face } from './face.ts'

type Note = { text: string; bad: boolean } | null

const codeLength = 6

/** The way in: an e-mail address, then the code that was sent to it. */
export function SignIn({ face, title, ended, done }: { face: Face; title: string; ended: string; done: (() => void) | undefined }) {
  const [email, setEmail] = useState('')
  const [sent, setSent] = useState(false)
  useEffect(() => void greet(face.portal), [face.portal])
  return (
    <div class="sign-in">
      <h2>{title}</h2>
      {sent
        ? <CodeForm face={face} email={email} back={() => setSent(false)} />
        : <EmailForm face={face} asked={done !== undefined || email !== ''} lead={`${ended} ${more.signInLead}`.trim()} email={email} done={address => { setEmail(address); setSent(true) }} />}
      {done && <p><button type="button" class="plain" onClick={done}>{more.back}</button></p>}
    </div>
  )
}

function EmailForm({ face, asked, lead, email, done }: { face: Face; asked: boolean; lead: string; email: string; done: (email: string) => void }) {
  const [note, setNote] = useState<Note>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  // A merchant's page keeps its own focus until its visitor asks for this form.
  useEffect(() => { if (asked) field.current?.focus() }, [])
  const submit = async () => {
    const address = field.current?.value.trim() ?? ''
    if (busy) return
    if (!/^\S+@\S+\.\S+$/.test(address)) {
      setNote({ text: more.emailShape, bad: true })
      return field.current?.focus()
    }
    setBusy(true)
    const answer = await sendCode(face.portal, address)
    setBusy(false)
    if ('value' in answer) done(address)
    else setNote({ text: formTrouble(answer.trouble), bad: true })
  }
  return (
    <form noValidate onSubmit={event => { event.preventDefault(); void submit() }}>
      <p class="soft" id="lead">{lead}</p>
      <label for="email">{more.email}</label>
      <input ref={field} id="email" type="email" name="email" autocomplete="email" inputMode="email" defaultValue={email} aria-describedby="note lead" aria-invalid={note?.bad ?? false} />
      <Said note={note} />
      <button class="main" aria-disabled={busy}>{more.sendCode}</button>
    </form>
  )
}

function CodeForm({ face, email, back }: { face: Face; email: string; back: () => void }) {
  const { client, merchantKey } = face.portal.ports
  const [note, setNote] = useState<Note>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const submit = async () => {
    const input = field.current
    if (busy || !input) return
    const code = digitsOf(input.value)
    if (code.length !== codeLength) return setNote({ text: more.codeShape, bad: true })
    setBusy(true)
    const answer = await client.json<{ token: string }>('POST', '/v1/sign-in/sessions', JSON.stringify({ merchant: merchantKey, email, code }))
    setBusy(false)
    if ('value' in answer) return enter(face.portal, answer.value.token)
    setNote({ text: ['invalid-code', 'unauthorized', 'invalid-request'].includes(answer.trouble.code) ? more.wrongCode : formTrouble(answer.trouble), bad: true })
    input.select()
  }
  const again = async () => {
    const answer = await sendCode(face.portal, email)
    setNote('value' in answer ? { text: more.newCodeSent, bad: false } : { text: formTrouble(answer.trouble), bad: true })
    field.current?.focus()
  }
  return (
    <form noValidate onSubmit={event => { event.preventDefault(); void submit() }}>
      <p class="soft" id="lead">{more.codeLead(email)}</p>
      <label for="code">{more.code}</label>
      <input
        ref={field} id="code" class="code" type="text" name="code" inputMode="numeric" autocomplete="one-time-code" size={8} aria-describedby="note lead" aria-invalid={note?.bad ?? false}
        onInput={event => {
          const code = digitsOf(event.currentTarget.value)
          if (code !== event.currentTarget.value) event.currentTarget.value = code
          if (code.length === codeLength) void submit()
        }}
      />
      <Said note={note} />
      <button class="main" aria-disabled={busy}>{more.signIn}</button>
      <p><button type="button" class="plain" onClick={() => void again()}>{more.newCode}</button> <button type="button" class="plain" onClick={back}>{more.otherEmail}</button></p>
    </form>
  )
}

function Said({ note }: { note: Note }) {
  return <p id="note" role="alert" class={note?.bad ? 'fault' : 'soft'}>{note?.text}</p>
}

function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '').slice(0, codeLength)
}

function formTrouble(trouble: Trouble): string {
  if (trouble.code === 'rate-limited') return more.limitedForm(trouble.retryAfterS)
  return trouble.code === 'offline' || !trouble.detail ? more.unreachableForm : trouble.detail
}

/** Says whose invoices these are, where that is not known yet. */
async function greet(portal: Portal): Promise<void> {
  const { client, merchantKey } = portal.ports
  if (portal.state.merchant) return
  const answer = await client.json<{ merchant: MerchantView }>('GET', `/v1/merchants/${encodeURIComponent(merchantKey)}`)
  if ('value' in answer) portal.set({ merchant: answer.value.merchant })
}

async function sendCode(portal: Portal, email: string): Promise<Answer<undefined>> {
  const { client, merchantKey } = portal.ports
  return client.json<undefined>('POST', '/v1/sign-in/codes', JSON.stringify({ merchant: merchantKey, email }))
}

async function enter(portal: Portal, token: string): Promise<void> {
  portal.ports.client.session.take(token)
  await startOver(portal)
}

/** Ends the session that was begun here, on the server too. */
export async function leave(portal: Portal): Promise<void> {
  await portal.ports.client.json<undefined>('DELETE', '/v1/sessions/current')
  portal.ports.client.session.take(null)
  await startOver(portal)
}

async function startOver(portal: Portal): Promise<void> {
  portal.set({ phase: 'loading', why: null, view: null, rows: [], selection: new Map(), open: null })
  await portal.refresh()
}
