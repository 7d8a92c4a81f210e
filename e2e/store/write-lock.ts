/** Begins to write on a stream of its own and stays there, as a client that dawdles; the answer lets go. */
export async function holdWriteLock(url: string): Promise<() => Promise<void>> {
  const begun = await send(url, [{ type: 'execute', stmt: { sql: 'begin immediate' } }])
  return async () => {
    await send(url, [{ type: 'close' }], begun.baton)
  }
}

async function send(url: string, requests: object[], baton?: string | null): Promise<{ baton: string | null }> {
  const answer = await fetch(`${url}/v2/pipeline`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ baton, requests }) })
  return (await answer.json()) as { baton: string | null }
}
