import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { CrashPoint } from '../../api/domain/crash-points.ts'
import type { Told } from '../api-process.ts'
import type { Clock } from '../emulators/kit/clock.ts'
import { until } from '../merchant.ts'
import { tellMortal } from '../tell-mortal.ts'
import type { CrashOrder, MortalNode } from './node.ts'

export type ProcessNodeOptions = {
  environment: Readonly<Record<string, string>>
  port: number
  clock: Clock
  /** Takes the node's log, line by line. */
  write(line: string): void
  /** Whether anything is due that a node would carry out now. */
  isBusy(): Promise<boolean>
}

/** A node in a process of its own: where it is to die, it kills itself with SIGKILL. */
export async function startProcessNode({ environment, port, clock, write, isBusy }: ProcessNodeOptions): Promise<MortalNode> {
  const url = `http://127.0.0.1:${port}`
  const child = fork(resolve(import.meta.dirname, '../api-process.ts'), { env: { ...process.env, ...environment, PORT: String(port) }, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  let isAlive = true
  let armed: CrashOrder | null = null
  child.stdout?.setEncoding('utf8').on('data', (text: string) => write(text))
  const ended = once(child, 'exit').then(([, signal]): CrashPoint | null => {
    isAlive = false
    return signal === 'SIGKILL' ? (armed?.point ?? null) : null
  })
  const tell = (message: Pick<Told, 'order'>) => tellMortal(child, { offsetMs: clock.now() - Date.now(), ...message })
  tell({ order: armed })
  await Promise.race([once(child, 'message'), ended])
  return {
    kind: 'process', ended,
    isAlive: () => isAlive,
    answer: (request, _env) => Promise.race([forward(request, url), ended.then(() => null)]),
    arm: next => {
      armed = next
      tell({ order: next })
    },
    poke: () => tell({}),
    look: async () => [],
    // Several processes could only be watched by one more.
    watch: async () => {},
    copy: path => runCommand('backup.ts', ['--to', path], environment),
    idle: async () => {
      tell({})
      await until(async () => isAlive && (await isBusy()), busy => !busy)
    },
    stop: async () => {
      if (!isAlive) return
      armed = null
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs one of the product's own commands beside the node. */
async function runCommand(name: string, args: string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const child = fork(resolve(import.meta.dirname, '../../api/commands', name), args, { env: { ...process.env, ...environment }, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
}

/** Null where the connection broke, as it does when the process dies. */
async function forward(request: Request, url: string): Promise<Response | null> {
  const { pathname, search } = new URL(request.url)
  const body = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.arrayBuffer()
  try {
    const answer = await fetch(`${url}${pathname}${search}`, { method: request.method, headers: request.headers, redirect: 'manual', ...(body ? { body } : {}) })
    const headers = new Headers(answer.headers)
    // The body is passed on unpacked.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection']) headers.delete(name)
    return new Response([204, 304].includes(answer.status) ? null : await answer.arrayBuffer(), { status: answer.status, headers })
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
