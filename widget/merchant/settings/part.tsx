import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { SettingsView } from '../../../api/domain/console-views.ts'
import { useConsole } from '../context.ts'
import { useDeed, type Deed } from '../loading.ts'
import { Button, Failure } from '../parts.tsx'

/** One part of the settings with its heading. */
export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId()
  return <section class="part" aria-labelledby={id}><h2 id={id}>{title}</h2><div class="part-body">{children}</div></section>
}

export type Draft<T> = { value: T; set(change: Partial<T>): void; changed: boolean; deed: Deed; save(as?: Partial<SettingsView>): void }

/** A part of the settings while it is edited; `save` sends it and takes the server's answer as the truth. */
export function useDraft<Name extends keyof SettingsView>(names: readonly Name[], saved: string): Draft<Pick<SettingsView, Name>> {
  const { client, view, update, announce } = useConsole()
  const [edits, setEdits] = useState<Partial<Pick<SettingsView, Name>>>({})
  const deed = useDeed()
  const stored = Object.fromEntries(names.map(name => [name, view.settings[name]])) as Pick<SettingsView, Name>
  const value = { ...stored, ...edits }
  const changed = names.some(name => JSON.stringify(value[name]) !== JSON.stringify(stored[name]))
  const save = (as: Partial<SettingsView> = value) => deed.run(async () => {
    const settings = await client.saveSettings(as)
    setEdits(before => withoutSaved(before, as))
    update({ settings })
    announce(saved)
  })
  return { value, set: change => { deed.forget(); setEdits(before => ({ ...before, ...change })) }, changed, deed, save }
}

/** What was typed while the save was under way is still to be saved. */
function withoutSaved<T extends object>(edits: T, saved: Partial<SettingsView>): T {
  const sent: Record<string, unknown> = saved
  return Object.fromEntries(Object.entries(edits).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(sent[name]))) as T
}

/** The button under a part, with why it did not save. */
export function Save({ changed, deed }: { changed: boolean; deed: Deed }) {
  return (
    <>
      <Failure problem={deed.problem} />
      <div class="buttons">
        <Button kind="main" submit disabled={!changed} busy={deed.busy}>{deed.busy ? 'Saving…' : 'Save'}</Button>
        <span class="small">{changed ? 'Not saved yet.' : 'Nothing to save.'}</span>
      </div>
    </>
  )
}
