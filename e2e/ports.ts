import { once } from 'node:events'
import { type Server, createServer } from 'node:net'

/** Past 10080, which fetch refuses to call. */
const portsFrom = 10_100
const portsTo = 20_000

/** How many processes may ask for ports at a time. */
const blocks = 40
const portsEach = Math.floor((portsTo - portsFrom) / blocks)
let block: Promise<number> | null = null
let asked = 0

/**
 * A port that is free now, below those that the system gives away by itself. Each process has a block of its own, so nobody is
 * given it meanwhile, nor while a server that was killed is begun again; it comes round again when all of the block were given.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const from = await (block ??= claimBlock())
  for (;;) {
    const port = from + 1 + (asked++ % (portsEach - 1))
    if (await isFree(port, host)) return port
  }
}

/** The first port of a block that is this process's until it ends: whoever listens there has it. */
async function claimBlock(): Promise<number> {
  for (let index = 0; index < blocks; index++) {
    const from = portsFrom + ((process.pid + index) % blocks) * portsEach
    const server = await tryListen(from, '127.0.0.1')
    if (!server) continue
    server.unref()
    return from
  }
  throw new Error(`All ${blocks} blocks of ports from ${portsFrom} to ${portsTo} are taken: end the tests and sandboxes that still run, and try again.`)
}

/** Whether nobody listens there. Throws what listening throws for other reasons, e.g. EACCES. */
export async function isFree(port: number, host: string): Promise<boolean> {
  const server = await tryListen(port, host)
  if (!server) return false
  server.close()
  await once(server, 'close')
  return true
}

async function tryListen(port: number, host: string): Promise<Server | null> {
  const server = createServer()
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null
    throw error
  }
  return server
}
