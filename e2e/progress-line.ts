import { bar } from '../api/commands/terminal.ts'
import type { ImportView } from '../api/domain/console-views.ts'

/** An import as one line of a terminal: the bar, done of total, the entity at work with its own done of total, records a second and the time left; what is not known yet is left out. */
export function progressLine(view: ImportView): string {
  const step = view.steps.find(each => each.state === 'running') ?? view.steps.findLast(each => each.state === 'done' && each.total !== null)
  const parts = [
    `${view.done} of ${view.total ?? '?'}`,
    ...(step ? [`${step.label} ${step.done} of ${step.total ?? step.done}`] : []),
    ...(view.rate ? [`${Math.round(view.rate)} a second`] : []),
    ...(view.secondsLeft ? [`${view.secondsLeft} s left`] : []),
  ]
  return `  ${bar(view.total ? view.done / view.total : 0)} ${parts.join(', ')}`
}
