import type { Clock } from '../kit/clock.ts'
import type { Shelf } from '../kit/shelf.ts'

/** Something that Stripe does later by itself. */
export type Job =
  | { id: string; kind: 'settle_charge'; atMs: number; accountId: string; chargeId: string }
  | { id: string; kind: 'finish_refund'; atMs: number; accountId: string; refundId: string; status: 'succeeded' | 'failed' }
  | { id: string; kind: 'deliver'; atMs: number; deliveryId: string; isJudged: boolean }

type NewJob<J = Job> = J extends Job ? Omit<J, 'id'> : never
export type Jobs = { add(job: NewJob): void; /** Sets the timers of jobs that an earlier process left, or none after a reset. */ resume(): void; /** Takes the timers back; the jobs stay on the shelf. */ stop(): void }

/** Jobs stand on the shelf until they are done, so they outlive the process; their time is the emulator's clock. */
export function createJobs({ clock, shelf, run }: { clock: Clock; shelf: Shelf; run: (job: Job) => void }): Jobs {
  let cancels: (() => void)[] = []
  const schedule = (job: Job) => {
    cancels.push(
      clock.at(job.atMs, () => {
        shelf.remove('job', job.id)
        run(job)
      }),
    )
  }
  const stop = () => {
    for (const cancel of cancels) cancel()
    cancels = []
  }
  return {
    add(job) {
      const stored: Job = { ...job, id: String(shelf.count('job')) }
      shelf.put('job', stored.id, stored)
      schedule(stored)
    },
    resume() {
      stop()
      for (const job of shelf.all<Job>('job')) schedule(job)
    },
    stop,
  }
}
