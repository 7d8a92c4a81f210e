import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { problem } from './problem.ts'

/** A request that does not fit its description is told what is wrong, field by field. */
export const invalidRequest: Hook<unknown, Env, string, unknown> = (result, c) => {
  if (result.success) return undefined
  const faults = result.error.issues.map(issue => ({ field: issue.path.map(String).join('.') || result.target, message: issue.message }))
  return problem(c, 'invalid-request', `The request is not right: ${faults.map(fault => `${fault.field} ${fault.message}`).join('; ')}.`, { faults })
}
