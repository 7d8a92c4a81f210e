import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import { createHistogram } from 'node:perf_hooks'
import { announce, obey } from '../child.ts'
import type { Answered, LoadOrder, LoadRequest } from '../load.ts'

/** Keep-alive connections that each send their next request when the last one is answered; a process of its own, so that it takes no time of the server's. */
obey({ load: run })
announce({ ready: true })

async function run(order: LoadOrder): Promise<Answered> {
  const { hostname, port, host } = new URL(order.url)
  const requests = (JSON.parse(readFileSync(order.requestsFile, 'utf8')) as LoadRequest[]).map(request => bytesOf(request, host))
  const latencies = createHistogram()
  const seen = { next: 0, answers: 0, errors: 0, firstError: '' }
  const sockets: Socket[] = []
  for (let i = 0; i < order.connections; i++) sockets.push(await opened(Number(port), hostname, host))
  const beganAt = performance.now()
  const next = (): Buffer | null => {
    if (order.forMs === null ? seen.next >= requests.length : performance.now() - beganAt >= order.forMs) return null
    return requests[seen.next++ % requests.length] ?? null
  }
  const stayAwake = staysAwake()
  const took = (ms: number, status: number, answer: Buffer) => {
    stayAwake()
    seen.answers += 1
    latencies.record(Math.max(1, Math.round(ms * 1_000)))
    if (status >= 200 && status < 300) return
    seen.errors += 1
    seen.firstError ||= answer.toString('latin1', 0, 600)
  }
  await Promise.all(sockets.map(socket => converse(socket, next, took)))
  const seconds = (performance.now() - beganAt) / 1_000
  return { perSecond: seen.answers / seconds, p50Ms: latencies.percentile(50) / 1_000, p99Ms: latencies.percentile(99) / 1_000, answers: seen.answers, errors: seen.errors, firstError: seen.firstError }
}

const awakeMs = 0.2

/**
 * Keeps this process running for a moment after each answer. Whoever writes to one that sleeps has to wake it: on a virtual machine that is
 * a fifth of a cached answer's time or two thirds, by the host, and the floor pays nothing of it, because who answers fastest never lets its reader sleep.
 */
function staysAwake(): () => void {
  let heardAt = 0
  let isTurning = false
  const turn = () => {
    isTurning = performance.now() - heardAt < awakeMs
    if (isTurning) setImmediate(turn)
  }
  return () => {
    heardAt = performance.now()
    if (!isTurning) turn()
  }
}

function bytesOf({ method, path, headers, body }: LoadRequest, host: string): Buffer {
  const content = Buffer.from(body ?? '')
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`, ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : [`content-length: ${content.length}`])]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content])
}

/** A connection that the server has taken: it has answered a question that does not count. Node takes one new connection in each turn of its loop, so under load they would come in late. */
async function opened(port: number, hostname: string, host: string): Promise<Socket> {
  const socket = connect(port, hostname)
  socket.setNoDelay(true)
  await once(socket, 'connect')
  socket.write(bytesOf({ method: 'GET', path: '/healthz' }, host))
  for (let left: Buffer = Buffer.alloc(0); wholeAnswer(left) === null; ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    left = Buffer.concat([left, chunk])
  }
  return socket
}

/** One connection until there is nothing more to send. */
async function converse(socket: Socket, next: () => Buffer | null, took: (ms: number, status: number, answer: Buffer) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let sentAt = 0
    let left: Buffer = Buffer.alloc(0)
    const send = () => {
      const request = next()
      if (request === null) return end(socket, resolve)
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('data', chunk => {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk])
      const whole = wholeAnswer(left)
      if (whole === null) return
      took(performance.now() - sentAt, whole.status, left)
      left = left.subarray(whole.length)
      send()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed a connection')))
    send()
  })
}

function end(socket: Socket, resolve: () => void): void {
  resolve()
  socket.destroy()
}

const headEnd = Buffer.from('\r\n\r\n')
const chunksEnd = Buffer.from('\r\n0\r\n\r\n')

/** Status and length of the answer at the beginning; null while some of it is still to come. */
function wholeAnswer(bytes: Buffer): { status: number; length: number } | null {
  const at = bytes.indexOf(headEnd)
  if (at < 0) return null
  const head = bytes.toString('latin1', 0, at)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const total = at + headEnd.length + Number(length)
    return bytes.length >= total ? { status, length: total } : null
  }
  if (status === 204 || status === 304) return { status, length: at + headEnd.length }
  const last = bytes.indexOf(chunksEnd, at + headEnd.length - 2)
  return last < 0 ? null : { status, length: last + chunksEnd.length }
}
