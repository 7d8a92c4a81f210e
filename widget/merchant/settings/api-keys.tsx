import { useState } from 'preact/hooks'
import type { ApiKeyView } from '../../../api/domain/console-views.ts'
import { useConsole } from '../context.ts'
import { useDeed, useLoaded } from '../loading.ts'
import { Button, Confirm, CopyField, Failure, Notice, Skeleton } from '../parts.tsx'
import { dayText } from '../words.ts'
import { Part } from './part.tsx'

/** Keys for the merchant's own server. */
export function ApiKeys() {
  const { client, announce } = useConsole()
  const loaded = useLoaded(async () => (await client.apiKeys()).keys, 'keys')
  const [name, setName] = useState('')
  const [fresh, setFresh] = useState<string | null>(null)
  const deed = useDeed()
  const create = (event: Event) => {
    event.preventDefault()
    deed.run(async () => {
      setFresh((await client.createApiKey(name.trim())).key)
      setName('')
      announce('The key is made. Copy it now.')
      loaded.reload()
    })
  }
  return (
    <Part title="API keys">
      <p>Your developer’s server uses a key to ask for invoices and to sign your customers in. Keep it off web pages.</p>
      <Failure problem={loaded.problem} retry={loaded.reload} />
      {loaded.value
        ? loaded.value.length > 0
          ? <ul class="rows keys" aria-label="API keys">{loaded.value.map(key => <KeyRow key={key.id} apiKey={key} onDeleted={loaded.reload} />)}</ul>
          : <p class="muted">No key yet.</p>
        : loaded.problem ? null : <Skeleton rows={1} what="keys" />}
      {fresh ? (
        <Notice tone="good" action={<Button onClick={() => setFresh(null)}>I have it</Button>}>
          <CopyField label="Your new key. It is shown only now." text={fresh} />
        </Notice>
      ) : null}
      <form onSubmit={create}>
        <label for="key-name">Name of a new key</label>
        <input id="key-name" required maxLength={60} autocomplete="off" placeholder="Web shop" value={name} onInput={event => setName(event.currentTarget.value)} />
        <Failure problem={deed.problem} />
        <div class="buttons"><Button submit busy={deed.busy}>Make a key</Button></div>
      </form>
    </Part>
  )
}

function KeyRow({ apiKey, onDeleted }: { apiKey: ApiKeyView; onDeleted: () => void }) {
  const { client, announce } = useConsole()
  const [asking, setAsking] = useState(false)
  const deed = useDeed()
  const remove = () => deed.run(async () => {
    await client.deleteApiKey(apiKey.id)
    setAsking(false)
    announce(`The key ${apiKey.name} is deleted.`)
    onDeleted()
  })
  return (
    <li class="row">
      <div class="row-name">
        <strong>{apiKey.name}</strong>
        <span class="small">ends in {apiKey.lastFour} · made {dayText(apiKey.createdAt)} · {apiKey.lastUsedAt ? `last used ${dayText(apiKey.lastUsedAt)}` : 'never used'}</span>
      </div>
      <div class="row-actions"><Button kind="danger" label={`Delete the key ${apiKey.name}`} onClick={() => setAsking(true)}>Delete</Button></div>
      {asking ? (
        <Confirm title={`Delete the key ${apiKey.name}?`} verb="Delete" danger deed={deed} onConfirm={remove} onClose={() => { deed.forget(); setAsking(false) }}>
          <p>Whatever uses it is refused from this moment on. A deleted key cannot be brought back.</p>
        </Confirm>
      ) : null}
    </li>
  )
}
