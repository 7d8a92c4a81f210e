import type { Clock } from '../kit/clock.ts'
import { createRandom } from '../kit/random.ts'
import type { Shelf } from '../kit/shelf.ts'
import type { EmailRequest } from './email.ts'

/** A message that was accepted. It is delivered at once, or at its time when scheduled. */
export type Message = Omit<EmailRequest, 'scheduledAtMs'> & {
  id: string
  messageId: string
  createdAtMs: number
  scheduledAtMs: number | undefined
  lastEvent: 'scheduled' | 'delivered' | 'canceled'
  idempotencyKey: string | undefined
}

/** Every message that was accepted, and who wants to hear of changes. */
export type Mailbox = {
  accept(request: EmailRequest, idempotencyKey: string | undefined): Message
  read(id: string): Message | undefined
  /** Oldest first. */
  all(): Message[]
  /** Moves or calls off a scheduled message; false when it is not scheduled any more. */
  reschedule(id: string, atMs: number): boolean
  cancel(id: string): boolean
  /** Remembers that somebody has looked at it. */
  open(id: string): void
  isOpened(id: string): boolean
  onChange(listener: () => void): () => void
  /** Tells everyone that the mailbox was emptied. */
  emptied(): void
}

export function openMailbox(shelf: Shelf, clock: Clock, seed: number): Mailbox {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const read = (id: string) => shelf.get<Message>('message', id)
  const keep = (message: Message) => {
    shelf.put('message', message.id, message)
    tell()
  }
  const deliverLater = (id: string, atMs: number) =>
    clock.at(atMs, () => {
      const message = read(id)
      if (message?.lastEvent === 'scheduled' && message.scheduledAtMs === atMs) keep({ ...message, lastEvent: 'delivered' })
    })
  const scheduled = (id: string, change: (message: Message) => Message): boolean => {
    const message = read(id)
    if (message?.lastEvent !== 'scheduled') return false
    keep(change(message))
    return true
  }
  for (const message of shelf.all<Message>('message')) {
    if (message.lastEvent === 'scheduled' && message.scheduledAtMs !== undefined) deliverLater(message.id, message.scheduledAtMs)
  }
  return {
    accept({ scheduledAtMs, ...request }, idempotencyKey) {
      const id = uuid(seed, shelf.count('message'))
      const lastEvent = scheduledAtMs === undefined ? 'delivered' : 'scheduled'
      const message: Message = { ...request, id, messageId: `<${id}@mail.example>`, createdAtMs: clock.now(), scheduledAtMs, lastEvent, idempotencyKey }
      keep(message)
      if (scheduledAtMs !== undefined) deliverLater(id, scheduledAtMs)
      return message
    },
    read,
    all: () => shelf.all<Message>('message'),
    reschedule(id, atMs) {
      const moved = scheduled(id, message => ({ ...message, scheduledAtMs: atMs }))
      if (moved) deliverLater(id, atMs)
      return moved
    },
    cancel: id => scheduled(id, message => ({ ...message, lastEvent: 'canceled' })),
    open(id) {
      if (shelf.get('opened', id)) return
      shelf.put('opened', id, {})
      tell()
    },
    isOpened: id => shelf.get('opened', id) !== undefined,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    emptied: tell,
  }
}

/** An id of Resend's form; the n-th is always the same under a seed. */
function uuid(seed: number, count: number): string {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(count, 0x85ebca6b))
  const hex = (length: number) => Array.from({ length }, () => random.int(0, 15).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`
}
