import { readTyped } from '../../api/config.ts'
import { type Fuzzed, fuzzRequests, fuzzWebhooks } from './run.ts'

const usage = 'npm run fuzz -- [--requests N] [--webhooks N] [--from SEED]'

try {
  const { requests, webhooks, from } = readTyped({ requests: { type: 'string' }, webhooks: { type: 'string' }, from: { type: 'string' } }, usage)
  const first = whole(from ?? '1')
  const wishes = [{ name: 'requests', count: whole(requests ?? (webhooks === undefined ? '2000' : '0')), run: fuzzRequests }, { name: 'webhooks', count: whole(webhooks ?? '0'), run: fuzzWebhooks }]
  for (const { name, count, run } of wishes) if (count > 0) report(name, first, await run({ count, from: first, onProgress: (done, total) => process.stderr.write(`\r${done} of ${total} ${name}`) }))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}

function report(name: string, first: number, { sent, ms, statuses, findings }: Fuzzed): void {
  console.log(`\r${sent} ${name} from seed ${first} in ${(ms / 1_000).toFixed(1)} s, ${Math.round(sent / (ms / 1_000))} a second; answers: ${Object.entries(statuses).map(([status, count]) => `${count} × ${status}`).join(', ')}`)
  for (const { seed, what, request } of findings) console.log(`\n${what}\n  ${request}\n  npm run fuzz -- --${name} 1 --from ${seed}, or, with all that came before it, --${name} ${seed - first + 1} --from ${first}`)
  console.log(findings.length === 0 ? 'Each was answered as promised.' : `\n${findings.length} were not answered as promised.`)
  if (findings.length > 0) process.exitCode = 1
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${JSON.stringify(text)} is no whole number.\n${usage}`)
  return Number(text)
}
