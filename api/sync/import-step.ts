import type { Write } from '../../db/client.ts'
import type { ImportRow, ImportStepRow } from '../../db/queries/imports.ts'
import type { Context } from '../context.ts'
import { readCompany } from '../connection/company.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { Currency } from '../domain/money.ts'
import type { QboAnswer, QboEntity, QboFailure } from '../ports.ts'
import { homeCurrency, writesOf } from './apply.ts'
import { completed, idsMax, readByIds, whereIn } from './complete.ts'
import { resultOfFailure, sentenceOf } from './failure.ts'
import { counted } from './import-plan.ts'
import { importView } from './import-view.ts'
import { wakeRecurring } from './jobs.ts'
import { pageMax, pagesAhead } from './read-ahead.ts'
import { type Page, readPage } from './read-page.ts'

/** How many customers or rows one run asks about beyond its pages; what is left over, the nightly comparison mends. */
const asksMax = 5000
const overlapMs = 10 * 60_000

type Pages = ReturnType<typeof pagesAhead>
type Part = { step: ImportStepRow; entity: QboEntity; read: Page; /** Everything adds up already: nothing is to be looked for. */ isComplete?: true }
type Stepping = { job: Job; run: ImportRow; home: Currency }

/** Carries a run one page further. Page and progress are written in one batch, so a stop in between loses and repeats nothing. */
export function importStep(ctx: Context): (job: Job) => Promise<JobResult> {
  const pages = pagesAhead(ctx)
  return job => stepOn(ctx, job, pages)
}

async function stepOn(ctx: Context, job: Job, pages: Pages): Promise<JobResult> {
  const merchant = ctx.store.merchant(job.merchantId)
  const run = await merchant.imports.find(String(job.payload['importId']))
  if (!run || run.state !== 'running') return { kind: 'done' }
  // Without the company's own currency no amount can be read.
  if ((await merchant.connection.find())?.homeCurrency === null) return describeCompany(ctx, job, run)
  const uncounted = run.steps.some(step => step.source === 'pages' && step.total === null && counted.includes(step.entity))
  const at = run.steps.findIndex(step => step.state !== 'done')
  const step = run.steps[at]
  if (!uncounted && !step) return finish(ctx, job, run)
  if (uncounted) return count(ctx, job, run)
  const home = await homeCurrency(ctx, job.merchantId)
  const part = await advance(ctx, { job, run, home }, step as ImportStepRow, pages)
  if (!part.ok) return trouble(ctx, job, run, part.failure)
  const { read, entity } = part.value
  if (part.value.step.source === 'pages' && part.value.step.state === 'running') pages.begin(job, run.id, part.value.step, home)
  const whole = await completed(ctx, job.merchantId, read.incoming, home, false)
  if (!whole.ok) return trouble(ctx, job, run, whole.failure)
  await ctx.pass('S1')
  const steps = run.steps.map((old, i) => (i === at ? part.value.step : part.value.isComplete && old.source === 'needed' ? ended(old) : old))
  const writes = await writesOf(ctx, job.merchantId, whole.value, run.kind === 'first_load' ? 'quiet' : 'told')
  const seen = run.steps.some(other => other.source === 'missing') ? [merchant.imports.saw(run.id, entity, read.ids)] : []
  return { kind: 'again', afterMs: 0, writes: [...writes, ...seen, ...progress(ctx, job, run, steps)] }
}

/** QuickBooks did not say what the company is when it was connected, so it is asked before anything is read. */
async function describeCompany(ctx: Context, job: Job, run: ImportRow): Promise<JobResult> {
  const company = await readCompany(ctx, ask => callQuickBooks(ctx, job.merchantId, ask))
  if (!company.ok) return trouble(ctx, job, run, company.failure)
  return { kind: 'again', afterMs: 0, writes: [ctx.store.merchant(job.merchantId).connection.describe(company.value)] }
}

/** Asks for the totals of what may be long, so that the bar is true from the start. */
async function count(ctx: Context, job: Job, run: ImportRow): Promise<JobResult> {
  const steps: ImportStepRow[] = []
  for (const step of run.steps) {
    if (step.source !== 'pages' || step.total !== null || !counted.includes(step.entity)) {
      steps.push(step)
      continue
    }
    const answer = await callQuickBooks(ctx, job.merchantId, at => ctx.accounting.count(at, step.entity as QboEntity, step.where))
    if (!answer.ok) return trouble(ctx, job, run, answer.failure)
    steps.push({ ...step, total: answer.value, state: answer.value === 0 ? 'done' : 'waiting' })
  }
  return { kind: 'again', afterMs: 0, writes: progress(ctx, job, run, steps) }
}

async function advance(ctx: Context, at: Stepping, step: ImportStepRow, pages: Pages): Promise<QboAnswer<Part>> {
  switch (step.source) {
    case 'pages':
      return nextPage(at, step, pages)
    case 'needed':
      return nextNeeded(ctx, at, step)
    case 'missing':
      return nextMissing(ctx, at, step)
  }
}

async function nextPage({ job, run, home }: Stepping, step: ImportStepRow, pages: Pages): Promise<QboAnswer<Part>> {
  const answer = await pages.page(job, run.id, step, home)
  if (!answer.ok) return answer
  const { length } = answer.value.ids
  const done = step.done + length
  const isLast = length < pageMax || (step.total !== null && done >= step.total)
  const next: ImportStepRow = { ...step, done, total: isLast ? done : step.total, state: isLast ? 'done' : 'running', nextStart: step.nextStart + length }
  return { ...answer, value: { step: next, entity: step.entity as QboEntity, read: answer.value } }
}

/** Older payments and credits of customers whose balance, or whose invoices' balance, does not add up without them. */
async function nextNeeded(ctx: Context, { job, home }: Stepping, step: ImportStepRow): Promise<QboAnswer<Part>> {
  const entity = step.entity as QboEntity
  const ids = step.ids ?? (await customersInNeed(ctx, job))
  const asked = ids.slice(0, idsMax)
  if (asked.length === 0) return { ok: true, value: { step: ended(step), entity, read: readPage(entity, [], home), isComplete: true }, intuitTid: null }
  const where = `${whereIn('CustomerRef', asked)} and ${step.where ?? ''}`
  const answer = await callQuickBooks(ctx, job.merchantId, at => ctx.accounting.page(at, { entity, where, orderBy: 'Id', start: step.nextStart, max: pageMax }))
  if (!answer.ok) return answer
  const isLast = answer.value.length < pageMax
  const rest = isLast ? ids.slice(idsMax) : ids
  const done = step.done + answer.value.length
  const next: ImportStepRow = { ...step, ids: rest, done, total: rest.length === 0 ? done : null, state: rest.length === 0 ? 'done' : 'running', nextStart: isLast ? 1 : step.nextStart + answer.value.length }
  return { ...answer, value: { step: next, entity, read: readPage(entity, answer.value, home) } }
}

function ended(step: ImportStepRow): ImportStepRow {
  return { ...step, ids: [], total: step.done, state: 'done' }
}

async function customersInNeed(ctx: Context, job: Job): Promise<string[]> {
  const { drift } = ctx.store.merchant(job.merchantId)
  const found = [...(await drift.customers(asksMax)), ...(await drift.customersOfInvoices(asksMax)), ...(await drift.customersOfCredits(asksMax))]
  return [...new Set(found.map(row => row.qboId))]
}

/** Rows of the mirror that a full run did not meet are asked for by name; what QuickBooks does not hold is archived. */
async function nextMissing(ctx: Context, { job, run, home }: Stepping, step: ImportStepRow): Promise<QboAnswer<Part>> {
  const entity = step.entity as 'Customer' | 'Invoice' | 'CreditMemo' | 'Payment'
  const ids = step.ids ?? (await ctx.store.merchant(job.merchantId).imports.unseen(run.id, entity, step.where ?? '', asksMax)).map(row => row.qboId)
  const asked = ids.slice(0, idsMax)
  const answer = await readByIds(ctx, job.merchantId, entity, asked)
  if (!answer.ok) return answer
  const there = new Set(answer.value.map(object => object.Id))
  const gone = asked.filter(id => !there.has(id)).map(qboId => ({ entity, qboId, at: run.startedAt }))
  const rest = ids.slice(idsMax)
  const done = step.done + asked.length
  return { ...answer, value: { step: { ...step, ids: rest, done, total: done + rest.length, state: rest.length === 0 ? 'done' : 'running' }, entity, read: readPage(entity, answer.value, home, gone) } }
}

/** From here on changes are read as they come: the cursor begins before the run did, so nothing falls in between. */
async function finish(ctx: Context, job: Job, run: ImportRow): Promise<JobResult> {
  const merchant = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  const cursor = Date.parse((await merchant.connection.cursor('changes')) ?? '')
  const begun = run.startedAt - overlapMs
  const writes: Write[] = [...merchant.imports.end(run.id, 'done', null, now), merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'import', now })]
  if (run.kind !== 'customers') {
    if (Number.isNaN(cursor) || cursor < begun) writes.push(merchant.connection.moveCursor('changes', new Date(begun).toISOString(), now))
    writes.push(...wakeRecurring(ctx, job.merchantId, String(job.payload['realmId'])))
  }
  const view = importView({ ...run, state: 'done', finishedAt: now }, now)
  ctx.log.info({ merchant: job.merchantId, import: run.id, records: view.done, seconds: Math.round((now - run.startedAt) / 1000) }, 'everything was read from QuickBooks')
  return { kind: 'done', writes }
}

function progress(ctx: Context, job: Job, run: ImportRow, steps: ImportStepRow[]): Write[] {
  const merchant = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  const view = importView({ ...run, steps, progressAt: now }, now)
  ctx.log.info({ merchant: job.merchantId, import: run.id, done: view.done, total: view.total, rate: view.rate, secondsLeft: view.secondsLeft }, 'reading from QuickBooks')
  return [merchant.imports.progress(run.id, steps, now), merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'import', now })]
}

/** What stopped the run is shown where its bar is; only an ended grant ends the run. */
function trouble(ctx: Context, job: Job, run: ImportRow, failure: QboFailure): JobResult {
  const merchant = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  const tell = merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'import', now })
  if (failure.class === 'auth') return { kind: 'done', writes: [...merchant.imports.end(run.id, 'failed', sentenceOf(failure), now), tell] }
  return resultOfFailure(ctx, job.merchantId, failure, [merchant.imports.trouble(run.id, sentenceOf(failure)), tell])
}
