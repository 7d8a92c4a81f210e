import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'node_modules', '.bin')
const timeoutMs = 300_000

export type ToolRun = { status: number; stdout: string; stderr: string }

/** Runs a tool of `node_modules/.bin` in `folder` and waits for its end, whatever its status. Throws when it does not start or does not end in time. */
export async function runTool(name: string, args: readonly string[], folder: string): Promise<ToolRun> {
  const path = join(bin, name)
  if (!existsSync(path)) throw new Error(`${name} is not installed. Run npm install.`)
  // The tools are scripts for `node`: with npm's own first on the path they run on it.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
  const child = spawn(path, args, { cwd: folder, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => {
      if (status === null) reject(new Error(`${name} was stopped by ${signal ?? 'a signal'} after at most ${timeoutMs / 1000} s.`))
      else resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}
