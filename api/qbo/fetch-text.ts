const answerBytesMax = 1_000_000

export type TextAnswer = { status: number; text: string; header(name: string): string | null }

/**
 * One HTTP call under a hard time limit, without redirects or retries, answered as text of at most 1 MB.
 * Throws an Error whose message names the cause and holds no header, body or query.
 */
export async function fetchText(url: string, init: Omit<RequestInit, 'signal' | 'redirect'>, timeoutMs: number): Promise<TextAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const text = await readAll(response)
    return { status: response.status, text, header: name => response.headers.get(name) }
  } catch (error) {
    throw new Error(`${new URL(url).host} gave no usable answer: ${causeOf(error, timeoutMs)}`, { cause: error })
  }
}

async function readAll(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) throw new Error(`the answer is larger than ${answerBytesMax} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function causeOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `none within ${timeoutMs} ms`
  return error.cause instanceof Error ? error.cause.message : error.message
}
