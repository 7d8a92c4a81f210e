import { useEffect, useRef, useState } from 'preact/hooks'
import { connectProblemText } from '../../api/domain/connect-problem.ts'
import type { ConsoleClient } from './client.ts'
import { useDeed } from './loading.ts'
import type { Outside } from './outside.ts'
import { Button, Notice } from './parts.tsx'
import type { ConsoleProblem } from './problem.ts'
import { countOf } from './words.ts'

type SignInProps = { client: ConsoleClient; outside: Outside; ended: boolean; problem: string | null; onSignedIn: () => void }

/** The way in: a code by e-mail, or Intuit. */
export function SignIn({ client, outside, ended, problem, onSignedIn }: SignInProps) {
  const [email, setEmail] = useState('')
  const [sent, setSent] = useState(false)
  useEffect(() => { document.title = 'Sign in' }, [])
  return (
    <main class="alone">
      <h1>Sign in</h1>
      {ended ? <Notice tone="plain">Your session has ended. Sign in again and you are back where you were.</Notice> : null}
      {problem ? <Notice tone="bad" urgent><p>{connectProblemText(problem)}</p></Notice> : null}
      {sent
        ? <CodeForm client={client} outside={outside} email={email} onSignedIn={onSignedIn} onBack={() => setSent(false)} />
        : <EmailForm client={client} outside={outside} email={email} onEmail={setEmail} onSent={() => setSent(true)} />}
    </main>
  )
}

type EmailFormProps = { client: ConsoleClient; outside: Outside; email: string; onEmail: (email: string) => void; onSent: () => void }

function EmailForm({ client, outside, email, onEmail, onSent }: EmailFormProps) {
  const deed = useDeed()
  const submit = (event: Event) => {
    event.preventDefault()
    deed.run(async () => {
      await client.requestCode(email.trim())
      onSent()
    })
  }
  return (
    <>
      <form onSubmit={submit}>
        <label for="email">Your e-mail address</label>
        <input id="email" type="email" required autocomplete="email" value={email} onInput={event => onEmail(event.currentTarget.value)} />
        <SignInFailure problem={deed.problem} outside={outside} />
        <Button kind="main" submit busy={deed.busy}>{deed.busy ? 'Sending…' : 'Send me a code'}</Button>
      </form>
      <p class="or"><span>or</span></p>
      <a class="button intuit identity" href="/console/intuit">Sign in with Intuit</a>
      <p class="small">There is no password: the code, or Intuit, proves that it is you.</p>
    </>
  )
}

type CodeFormProps = { client: ConsoleClient; outside: Outside; email: string; onSignedIn: () => void; onBack: () => void }

function CodeForm({ client, outside, email, onSignedIn, onBack }: CodeFormProps) {
  const [code, setCode] = useState('')
  const [again, setAgain] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const deed = useDeed()
  const resend = useDeed()
  useEffect(() => input.current?.focus(), [])
  useEffect(() => { if (deed.problem) input.current?.select() }, [deed.problem])
  const enter = (typed: string) => deed.run(async () => {
    await client.signIn(email.trim(), typed)
    onSignedIn()
  })
  const change = (typed: string) => {
    const digits = typed.replace(/\D/g, '').slice(0, 6)
    setCode(digits)
    if (digits.length === 6 && digits !== code) enter(digits)
  }
  return (
    <form onSubmit={event => { event.preventDefault(); enter(code) }}>
      <p>We sent six digits to <strong>{email.trim()}</strong>. They are good for a few minutes.</p>
      <label for="code">The code</label>
      <input
        id="code" ref={input} class="code" inputMode="numeric" autocomplete="one-time-code" required pattern="[0-9]{6}" title="Six digits"
        value={code} onInput={event => change(event.currentTarget.value)} aria-invalid={deed.problem !== null}
      />
      <SignInFailure problem={deed.problem} outside={outside} />
      <Button kind="main" submit busy={deed.busy}>{deed.busy ? 'Checking…' : 'Sign in'}</Button>
      <div class="buttons">
        <Button busy={resend.busy} onClick={() => resend.run(async () => {
          await client.requestCode(email.trim())
          deed.forget()
          setCode('')
          setAgain(true)
          input.current?.focus()
        })}>Send a new code</Button>
        <Button onClick={onBack}>Use another address</Button>
      </div>
      <p class="small" role="status">{again && !resend.busy ? 'A new code is on its way.' : ''}</p>
      <SignInFailure problem={resend.problem} outside={outside} />
    </form>
  )
}

function SignInFailure({ problem, outside }: { problem: ConsoleProblem | null; outside: Outside }) {
  const wait = useCountdown(problem, outside)
  if (!problem) return null
  return <Notice tone="bad" urgent={wait === null}><p>{failureText(problem, wait)}</p></Notice>
}

function failureText(problem: ConsoleProblem, wait: number | null): string {
  switch (problem.code) {
    case 'invalid-code': return 'That is not the code we sent. Check the digits, or ask for a new code.'
    case 'expired': return 'That code is no longer good. Ask for a new one.'
    case 'rate-limited':
      if (wait === 0) return 'You can try again now.'
      return wait === null ? 'There were too many tries. Wait a minute, then try again.' : `There were too many tries. Try again in ${countOf(wait, 'second')}.`
    default: return problem.message
  }
}

/** Seconds until the server takes another try; null where it did not say. */
function useCountdown(problem: ConsoleProblem | null, outside: Outside): number | null {
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    const seconds = problem?.retryAfterSeconds ?? null
    setLeft(seconds)
    if (seconds === null) return
    const until = outside.now() + seconds * 1000
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((until - outside.now()) / 1000))), 1000)
    return () => clearInterval(timer)
  }, [problem])
  return left
}
