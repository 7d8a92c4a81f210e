import type { ChildProcess } from 'node:child_process'
import type { Told } from './api-process.ts'

const wordsOfTheDead: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET', 'ERR_IPC_CHANNEL_CLOSED']

/** Tells something to a process that may be killed at this very moment, and then hears nothing. */
export function tellMortal(child: ChildProcess, message: Told): void {
  if (!child.connected) return
  child.send(message, (error: NodeJS.ErrnoException | null) => {
    if (error && !wordsOfTheDead.includes(error.code)) child.emit('error', error)
  })
}
