/**
 * Begins to write on a stream of its own and stays there, as a client that dawdles. The answer ends it, by a last
 * statement where one is given, and says whether the server still knew the stream and carried that out.
 */
export async function holdWriteLock(url: string, authToken?: string, statement?: string): Promise<(last?: string) => Promise<boolean>> {
  const begun = await send(url, authToken, ['begin immediate', ...(statement ? [statement] : [])].map(execute))
  return async last => {
    const ended = await send(url, authToken, [...(last ? [execute(last)] : []), { type: 'close' }], begun?.baton)
    return ended !== null && ended.results.every(result => result.type === 'ok')
  }
}

const execute = (sql: string) => ({ type: 'execute', stmt: { sql } })

async function send(url: string, authToken: string | undefined, requests: object[], baton?: string | null): Promise<{ baton: string | null; results: { type: string }[] } | null> {
  const answer = await fetch(`${url.replace(/^libsql:/, 'https:').replace(/\/$/, '')}/v2/pipeline`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authToken ? { authorization: `Bearer ${authToken}` } : {}) },
    body: JSON.stringify({ baton, requests }),
    signal: AbortSignal.timeout(30_000),
  })
  return answer.ok ? ((await answer.json()) as { baton: string | null; results: { type: string }[] }) : null
}
