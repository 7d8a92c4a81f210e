import pino from 'pino'
import type { Log } from './ports.ts'

const secretKeys = ['authorization', 'cookie', 'token', 'accessToken', 'refreshToken', 'clientSecret', 'secret', 'password', 'code', 'email', 'to', 'body']

/** JSON lines on standard output. Fields with the names of secrets are left out even where somebody passes them. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: secretKeys.flatMap(key => [key, `*.${key}`]), remove: true } })
}

/** For tests that do not read the log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
