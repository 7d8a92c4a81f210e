import { useEffect, useRef, useState } from 'preact/hooks'
import { Part, Save, useDraft } from './part.tsx'

/** The merchant's colour, logo and address, as customers see them. */
export function Appearance() {
  const draft = useDraft(['accent', 'logoUrl', 'supportEmail'], 'How you appear is saved.')
  const [accent, setAccent] = useState(draft.value.accent ?? '')
  const colour = accent.trim()
  const wrong = colour !== '' && !CSS.supports('color', colour)
  return (
    <Part title="How you appear">
      <form onSubmit={event => { event.preventDefault(); if (!wrong) draft.save() }}>
        <label for="accent">Your colour</label>
        <div class="with-swatch">
          <Swatch colour={wrong ? '' : colour} />
          <input
            id="accent" type="text" spellcheck={false} autocomplete="off" placeholder="#0b6e4f" value={accent} aria-invalid={wrong} aria-describedby="accent-hint"
            onInput={event => {
              setAccent(event.currentTarget.value)
              draft.set({ accent: event.currentTarget.value.trim() || null })
            }}
          />
        </div>
        <p id="accent-hint" class={wrong ? 'wrong' : 'small'}>{wrong ? 'That is not a colour. Write it like #0b6e4f.' : 'For buttons. The text on them is made dark or light so that it can be read. Empty means ours.'}</p>
        <label for="logo">Address of your logo</label>
        <input id="logo" type="url" pattern="https://.*" title="An address that begins with https://" placeholder="https://www.example.com/logo.svg" value={draft.value.logoUrl ?? ''} onInput={event => draft.set({ logoUrl: event.currentTarget.value.trim() || null })} />
        <label for="support">E-mail address for your customers’ questions</label>
        <input id="support" type="email" value={draft.value.supportEmail ?? ''} onInput={event => draft.set({ supportEmail: event.currentTarget.value.trim() || null })} />
        <Save changed={draft.changed} deed={draft.deed} />
      </form>
    </Part>
  )
}

/** Set as a property, because the page's security policy forbids style attributes. */
function Swatch({ colour }: { colour: string }) {
  const box = useRef<HTMLSpanElement>(null)
  useEffect(() => { box.current?.style.setProperty('background-color', colour || 'transparent') }, [colour])
  return <span ref={box} class="colour" aria-hidden="true" />
}
