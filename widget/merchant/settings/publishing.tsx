import { publishRules } from '../words.ts'
import { Part, Save, useDraft } from './part.tsx'

/** When a new invoice is shown to its customer. */
export function Publishing() {
  const draft = useDraft(['publish'], 'The rule for new invoices is saved.')
  return (
    <Part title="New invoices">
      <form onSubmit={event => { event.preventDefault(); draft.save() }}>
        <fieldset>
          <legend>When does a customer see a new invoice?</legend>
          {publishRules.map(({ rule, title, text }) => (
            <label key={rule} class="choice">
              <input type="radio" name="publish" value={rule} checked={draft.value.publish === rule} onChange={() => draft.set({ publish: rule })} />
              <span><strong>{title}</strong><span class="small">{text}</span></span>
            </label>
          ))}
        </fieldset>
        <p class="small">It holds for invoices that come from now on; those here already stay as they are.</p>
        <Save changed={draft.changed} deed={draft.deed} />
      </form>
    </Part>
  )
}
