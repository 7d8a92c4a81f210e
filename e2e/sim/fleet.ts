import type { MortalNode } from './node.ts'

const beginsMax = 20

/** Keeps as many nodes as are wanted, as whoever watches over processes does: one that died or could not begin is begun again. */
export function startFleet(wanted: number, begin: () => Promise<MortalNode>) {
  let nodes: MortalNode[] = []
  /** Where nodes died, in order. */
  const died: string[] = []
  const beginAgain = async (): Promise<MortalNode> => {
    for (let tries = 1; ; tries++) {
      try {
        return await begin()
      } catch (error) {
        if (tries === beginsMax) throw error
      }
    }
  }
  const join = async () => {
    const node = await beginAgain()
    nodes.push(node)
    void node.ended.then(point => {
      if (point === null) return
      died.push(point)
      // One order is one death.
      for (const other of nodes) other.arm(null)
    })
  }
  return {
    died,
    all: (): readonly MortalNode[] => nodes,
    alive: () => nodes.filter(node => node.isAlive()),
    revive: async (): Promise<void> => {
      nodes = nodes.filter(node => node.isAlive())
      while (nodes.length < wanted) await join()
    },
    stop: async (): Promise<void> => {
      await Promise.all(nodes.map(node => node.stop()))
      nodes = []
    },
  }
}
