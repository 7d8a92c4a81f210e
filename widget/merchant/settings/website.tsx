import { useState } from 'preact/hooks'
import { useConsole } from '../context.ts'
import { CopyField } from '../parts.tsx'
import { Part, Save, useDraft } from './part.tsx'

/** The tag to paste, and the sites on which it may run. */
export function Website() {
  const { view } = useConsole()
  return (
    <Part title="Your website">
      <CopyField label="Paste these two lines where the invoices belong" rows={3} text={tagOf(location.origin, view.merchant.publishableKey)} />
      <AllowedOrigins />
    </Part>
  )
}

function AllowedOrigins() {
  const draft = useDraft(['allowedOrigins'], 'The allowed sites are saved.')
  const [text, setText] = useState(draft.value.allowedOrigins.join('\n'))
  const [wrong, setWrong] = useState<string | null>(null)
  const change = (typed: string) => {
    setText(typed)
    setWrong(null)
    draft.set({ allowedOrigins: linesOf(typed) })
  }
  const save = () => {
    const origins = linesOf(text).map(line => originOf(line) ?? { wrong: line })
    const bad = origins.find(origin => typeof origin !== 'string')
    if (bad) return setWrong(`“${bad.wrong}” is not an address. Write it like https://www.example.com.`)
    const unique = [...new Set(origins.filter(origin => typeof origin === 'string'))]
    setText(unique.join('\n'))
    draft.set({ allowedOrigins: unique })
    draft.save({ allowedOrigins: unique })
  }
  return (
    <form noValidate onSubmit={event => { event.preventDefault(); save() }}>
      <label for="origins">Sites that may take payments in the page</label>
      <textarea
        id="origins" rows={3} spellcheck={false} placeholder="https://www.example.com" value={text}
        aria-invalid={wrong !== null} aria-describedby="origins-hint origins-wrong" onInput={event => change(event.currentTarget.value)}
      />
      <p id="origins-wrong" class="wrong" role="alert">{wrong ?? ''}</p>
      <p id="origins-hint" class="small">One address a line. Elsewhere the invoices are shown too, but paying opens our own page.</p>
      <Save changed={draft.changed} deed={draft.deed} />
    </form>
  )
}

/** The element and the script, one line each. Where no script runs, the link inside the element still leads to the invoices. */
function tagOf(origin: string, publishableKey: string): string {
  return `<quittance-invoices merchant="${publishableKey}"><a href="${origin}/pay-online/${publishableKey}">View and pay your invoices</a></quittance-invoices>\n<script async src="${origin}/v1/quittance.js"></script>`
}

function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

/** "www.example.com/shop" → "https://www.example.com"; null where it is no web address. */
function originOf(line: string): string | null {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(line) ? line : `https://${line}`)
  const known = url && (url.protocol === 'https:' || url.protocol === 'http:')
  return known && /\.|^localhost$|:/.test(url.hostname) ? url.origin : null
}
