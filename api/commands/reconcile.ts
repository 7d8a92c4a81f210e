import type { MerchantId } from '../../db/values.ts'
import { databasePath } from '../../db/client.ts'
import { readConfig, readDatabase, readTyped } from '../config.ts'
import { callServer } from '../control/call.ts'
import type { Said } from '../control/protocol.ts'
import { silentLog } from '../log.ts'
import { openContext } from '../main.ts'
import { reconcileAll } from '../reconcile/reconcile.ts'
import { dayMs } from '../sync/jobs.ts'
import { bar, createLine, run, say } from './terminal.ts'

const usage = 'npm run reconcile [-- --merchant ID] [-- --days N]\n  Compares the payment provider, the ledger and QuickBooks over the last N days (40). The exit code is 1 where a difference is left.'
type Results = Extract<Said, { kind: 'reconciled' }>['results']

await run(async () => {
  const { merchant = null, days: typed = '40' } = readTyped({ merchant: { type: 'string' }, days: { type: 'string' } }, usage)
  const days = Number(typed)
  if (!Number.isInteger(days) || days < 1) throw new Error(`--days takes a whole number.\n${usage}`)
  const line = createLine()
  const onProgress = (part: 'provider' | 'quickbooks', done: number, total: number | null) =>
    line.show(part === 'provider' ? `  Payment provider: ${done} payments listed` : `  ${bar(total ? done / total : 1)} QuickBooks: ${done} of ${total ?? '?'} payments`)
  const path = databasePath(readDatabase().url)
  const state: { results: Results | null; problem: string } = { results: null, problem: '' }
  const isServed = path !== null && (await callServer(path, { verb: 'reconcile', merchantId: merchant, days }, said => {
    if (said.kind === 'progress') onProgress(said.part, said.done, said.total)
    if (said.kind === 'reconciled') state.results = said.results
    if (said.kind === 'failed') state.problem = said.problem
  }))
  const results = isServed ? state.results : await reconcileHere(merchant, days, onProgress)
  line.end()
  if (!results) throw new Error(state.problem)
  if (merchant !== null && results.length === 0) throw new Error(`There is no merchant ${merchant}.`)
  return tell(results)
})

/** No server has the database open, or it is one that several processes may use. */
async function reconcileHere(merchant: string | null, days: number, onProgress: (part: 'provider' | 'quickbooks', done: number, total: number | null) => void): Promise<Results> {
  const { context, close } = await openContext(readConfig(), { log: silentLog })
  try {
    return await reconcileAll(context)({ since: context.clock.now() - days * dayMs, books: 'all', onProgress }, merchant as MerchantId | null)
  } finally {
    await close()
  }
}

/** A line for each finding, and what is left. Answers the exit code. */
function tell(results: Results): number {
  for (const { merchantId, findings, problem } of results) {
    say(`${merchantId}: ${findings.length === 0 ? 'everything agrees' : `${findings.length} found`}${problem === null ? '' : `; not everything could be asked: ${problem}`}`)
    for (const { rule, state, about, text } of findings) say(`  ${rule}  ${state.padEnd(8)}  ${about.padEnd(15)}  ${text}`)
  }
  const left = results.flatMap(each => each.findings).filter(finding => finding.state === 'open').length
  const unasked = results.filter(each => each.problem !== null).length
  say(left === 0 && unasked === 0 ? 'No difference is left.' : `${left} left for a person, ${unasked} of ${results.length} merchants not wholly compared.`)
  return left === 0 && unasked === 0 ? 0 : 1
}
