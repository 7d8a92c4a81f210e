import { useEffect, useRef, useState } from 'preact/hooks'

const restMs = 250

/** Searches when the typing rests, or at once on Enter. */
export function SearchField({ label, q, onSearch }: { label: string; q: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(q)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const asked = useRef(q)
  useEffect(() => {
    // The address changed by another way than this field: by Back, or by "Clear the search".
    if (q !== asked.current) setText(q)
    asked.current = q
  }, [q])
  useEffect(() => () => clearTimeout(timer.current), [])
  const search = (next: string) => {
    clearTimeout(timer.current)
    asked.current = next.trim()
    onSearch(next.trim())
  }
  return (
    <form role="search" class="search" onSubmit={event => { event.preventDefault(); search(text) }}>
      <input
        type="search" aria-label={label} placeholder={label} autocomplete="off" value={text}
        onInput={event => {
          const next = event.currentTarget.value
          setText(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(next), restMs)
        }}
      />
    </form>
  )
}
