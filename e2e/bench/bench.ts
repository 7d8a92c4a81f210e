import type { Place, Plan, Round } from './figures.ts'

/** Some figures that are measured together. */
export type Bench = {
  name: string
  plans: readonly Plan[]
  /** What keeps these figures from being better, in a sentence or two. */
  limit: string
  /** Fewer rounds than asked for, where no two can differ. */
  roundsMax?: number
  open(say: (text: string) => void): Promise<OpenBench>
}
export type OpenBench = {
  /** Measures each figure once, ours and the floor's in turn. */
  round(): Promise<Record<string, Round>>
  /** Where the product's processor time goes while it is measured. */
  places?(): Promise<Place[]>
  close(): Promise<void>
}
