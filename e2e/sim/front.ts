import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type RunningServer, listen } from '../emulators/kit/server.ts'
import type { MortalNode } from './node.ts'

/** The one address in front of all nodes: each request goes to one that lives; where that one dies meanwhile, or none lives, the connection breaks. */
export function startFront(port: number, choose: () => MortalNode | undefined): Promise<RunningServer> {
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    const said = await choose()?.answer(request, env)
    if (said) return said
    env.incoming.socket.destroy()
    return RESPONSE_ALREADY_SENT
  }
  return listen({ fetch: answer as never }, port)
}
