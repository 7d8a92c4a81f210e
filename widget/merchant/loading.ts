import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { asProblem, type ConsoleProblem } from './problem.ts'

export type Loaded<T> = { value: T | null; problem: ConsoleProblem | null; reload(): void; replace(value: T): void }

/**
 * Loads on first sight, again whenever `key` changes (the old value goes) and whenever `changes` grows (the old value stays until the new
 * one is here, so nothing jumps). An answer that was overtaken by a later question is dropped.
 */
export function useLoaded<T>(load: () => Promise<T>, key: string, changes = 0): Loaded<T> {
  const [loaded, setLoaded] = useState<{ key: string; value: T | null; problem: ConsoleProblem | null }>({ key, value: null, problem: null })
  const asked = useRef(0)
  const latest = useRef(load)
  latest.current = load
  const reload = useCallback(() => {
    const mine = ++asked.current
    latest.current().then(
      value => { if (mine === asked.current) setLoaded({ key, value, problem: null }) },
      (error: unknown) => {
        const problem = asProblem(error)
        if (mine === asked.current) setLoaded(before => ({ key, value: before.key === key ? before.value : null, problem }))
      },
    )
  }, [key])
  useEffect(() => {
    reload()
    return () => { asked.current += 1 }
  }, [reload, changes])
  const replace = useCallback((value: T) => {
    asked.current += 1
    setLoaded({ key, value, problem: null })
  }, [key])
  const current = loaded.key === key ? loaded : { value: null, problem: null }
  return { value: current.value, problem: current.problem, reload, replace }
}

export type Pages<Row> = Loaded<{ rows: Row[]; total: number | null; nextCursor: string | null }> & { more(): Promise<void> }
type Page<Row> = { rows: Row[]; total: number | null; nextCursor: string | null }

/** A list by cursor. A reload asks again for as many rows as are shown, so the reader keeps their place. */
export function usePages<Row>(loadPage: (cursor: string | null) => Promise<Page<Row>>, key: string, changes = 0): Pages<Row> {
  const shown = useRef({ key, count: 0 })
  if (shown.current.key !== key) shown.current = { key, count: 0 }
  const loaded = useLoaded(async () => {
    let list = await loadPage(null)
    while (list.nextCursor && list.rows.length < shown.current.count) list = append(list, await loadPage(list.nextCursor))
    return list
  }, key, changes)
  shown.current.count = Math.max(loaded.value?.rows.length ?? 0, shown.current.count)
  const more = async () => {
    const list = loaded.value
    if (list?.nextCursor) loaded.replace(append(list, await loadPage(list.nextCursor)))
  }
  return { ...loaded, more }
}

function append<Row>(list: Page<Row>, next: Page<Row>): Page<Row> {
  return { ...next, rows: [...list.rows, ...next.rows] }
}

export type Deed = { busy: boolean; problem: ConsoleProblem | null; run(deed: () => Promise<void>): void; forget(): void }

/** Something the merchant asked for: one at a time, and its failure is kept to be shown beside its button. */
export function useDeed(): Deed {
  const [state, setState] = useState<{ busy: boolean; problem: ConsoleProblem | null }>({ busy: false, problem: null })
  const running = useRef(false)
  const run = useCallback((deed: () => Promise<void>) => {
    if (running.current) return
    running.current = true
    setState({ busy: true, problem: null })
    deed().then(
      () => setState({ busy: false, problem: null }),
      (error: unknown) => {
        setState({ busy: false, problem: null })
        setState({ busy: false, problem: asProblem(error) })
      },
    ).finally(() => { running.current = false })
  }, [])
  const forget = useCallback(() => setState({ busy: false, problem: null }), [])
  return { ...state, run, forget }
}
