import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { type Said, type Wish, saidSchema, socketOf } from './protocol.ts'

/**
 * Asks the server that has this database open, and tells what it says line by line. Answers false where no server listens.
 * Throws an Error where the server ends in the middle.
 */
export async function callServer(databasePath: string, wish: Wish, onSaid: (said: Said) => void): Promise<boolean> {
  const call = request({ socketPath: socketOf(databasePath), path: '/', method: 'POST' })
  call.end(JSON.stringify(wish))
  const answer = await answerOf(call)
  if (!answer) return false
  let last: Said['kind'] | null = null
  for await (const line of createInterface({ input: answer })) {
    const said = saidSchema.parse(JSON.parse(line))
    last = said.kind
    onSaid(said)
  }
  if (last !== 'copied' && last !== 'reconciled' && last !== 'failed') throw new Error('The running server ended before it was done.')
  return true
}

async function answerOf(call: ReturnType<typeof request>): Promise<IncomingMessage | null> {
  try {
    const [answer] = (await once(call, 'response')) as [IncomingMessage]
    return answer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EINVAL') return null
    throw error
  }
}
