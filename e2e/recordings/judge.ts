import type { Difference } from './compare.ts'
import type { Explained } from './differences.ts'

/**
 * Prints every difference with its reason. True when each has one, and each one that is listed still occurs: a reason that explains
 * nothing any more has to go.
 */
export function judge(differences: readonly Difference[], explained: readonly Explained[], tell: (line: string) => void): boolean {
  const listed = new Set(explained.flatMap(each => each.at))
  const unexplained = differences.filter(each => !listed.has(each.at))
  tell(`\n${differences.length} differences, ${differences.length - unexplained.length} of them explained:`)
  for (const { at, reason } of explained) {
    const found = differences.filter(each => at.includes(each.at))
    if (found.length > 0) tell(`- ${reason}`)
    for (const each of found) tell(`    ${each.at} (recorded ${each.recorded}, answered ${each.answered})`)
  }
  const idle = [...listed].filter(at => !differences.some(each => each.at === at))
  if (unexplained.length > 0) tell(`\nWITHOUT A REASON: ${unexplained.length}`)
  for (const each of unexplained) tell(`- ${each.at}\n    recorded ${each.recorded}\n    answered ${each.answered}`)
  if (idle.length > 0) tell(`\nLISTED, BUT NO LONGER SO: ${idle.length}`)
  for (const at of idle) tell(`- ${at}`)
  return unexplained.length === 0 && idle.length === 0
}
