import type { Difference } from './compare.ts'
import type { Explained } from './differences.ts'

/**
 * Prints every difference with its reason. True when each has one, and each reason still has a difference: a reason that explains
 * nothing any more has to go.
 */
export function judge(differences: readonly Difference[], explained: readonly Explained[], tell: (line: string) => void): boolean {
  const reasons = explained.map(each => ({ ...each, pattern: patternOf(each.at), found: [] as Difference[] }))
  const unexplained: Difference[] = []
  for (const difference of differences) {
    const reason = reasons.find(each => each.pattern.test(difference.at))
    if (reason) reason.found.push(difference)
    else unexplained.push(difference)
  }
  tell(`\n${differences.length} differences, ${differences.length - unexplained.length} of them explained:`)
  for (const reason of reasons.filter(each => each.found.length > 0)) {
    tell(`- ${reason.reason}`)
    for (const each of reason.found) tell(`    ${each.at} (recorded ${each.recorded}, answered ${each.answered})`)
  }
  const idle = reasons.filter(each => each.found.length === 0)
  if (unexplained.length > 0) tell(`\nWITHOUT A REASON: ${unexplained.length}`)
  for (const each of unexplained) tell(`- ${each.at}\n    recorded ${each.recorded}\n    answered ${each.answered}`)
  if (idle.length > 0) tell(`\nLISTED, BUT NO LONGER SO: ${idle.length}`)
  for (const each of idle) tell(`- ${each.at}`)
  return unexplained.length === 0 && idle.length === 0
}

function patternOf(at: string): RegExp {
  return new RegExp(`^${at.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)
}
