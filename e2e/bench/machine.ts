import { availableParallelism, cpus, totalmem } from 'node:os'

/** What the figures were taken on. */
export type Machine = { cores: number; processor: string; memoryGb: number; system: string; node: string }

export function thisMachine(): Machine {
  return { cores: availableParallelism(), processor: cpus()[0]?.model.trim() ?? 'unknown', memoryGb: Math.round(totalmem() / 1e9), system: `${process.platform} ${process.arch}`, node: process.version }
}
