import type { Problem } from '../../api/domain/views.ts'

/** A request that did not bring what was asked, in words for the merchant. `code` is the last part of the problem's type, or `unreachable`. */
export class ConsoleProblem extends Error {
  readonly code: string
  readonly status: number
  readonly faults: readonly { field: string; message: string }[]
  readonly retryAfterSeconds: number | null

  constructor(code: string, status: number, text: string, more: { faults?: Problem['faults']; retryAfterSeconds?: number | null } = {}) {
    super(text)
    this.code = code
    this.status = status
    this.faults = more.faults ?? []
    this.retryAfterSeconds = more.retryAfterSeconds ?? null
  }
}

/** Reads an answer that is not 2xx. A body that is no problem+json (a proxy's HTML page) still becomes a sentence. */
export async function problemOf(response: Response): Promise<ConsoleProblem> {
  const body = await response.json().then(
    json => json as Partial<Problem>,
    (): Partial<Problem> => ({}),
  )
  const code = body.type?.split('/').at(-1) ?? (response.status === 401 ? 'unauthorized' : 'unavailable')
  const seconds = Number(response.headers.get('retry-after'))
  const text = body.detail ?? body.title ?? 'The server did not answer properly. Nothing was changed as far as we know: look before you try again.'
  return new ConsoleProblem(code, response.status, text, {
    faults: body.faults,
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  })
}

/** For a request that got no answer at all. */
export function unreachable(changes: boolean): ConsoleProblem {
  const text = changes
    ? 'We could not reach the server. Check your connection, then look whether it went through before you try again.'
    : 'We could not reach the server. Check your connection and try again.'
  return new ConsoleProblem('unreachable', 0, text)
}

/** Anything thrown, as a problem that can be shown. */
export function asProblem(error: unknown): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error
  throw error
}
