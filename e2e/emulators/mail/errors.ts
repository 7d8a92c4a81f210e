import type { Context } from 'hono'

/** Resend's names for what can be wrong, with the status of each (resend.com/docs/api-reference/errors). */
const statuses = {
  invalid_idempotency_key: 400,
  missing_api_key: 401,
  restricted_api_key: 401,
  invalid_api_key: 403,
  not_found: 404,
  method_not_allowed: 405,
  invalid_idempotent_request: 409,
  concurrent_idempotent_requests: 409,
  invalid_attachment: 422,
  invalid_parameter: 422,
  missing_required_field: 422,
  validation_error: 422,
  rate_limit_exceeded: 429,
} as const

export type ResendErrorName = keyof typeof statuses
export type ResendError = { statusCode: number; name: ResendErrorName; message: string }

/** `statusCode` is the name's own unless given: a validation error is 400 for a body that is no JSON and 403 for a domain that is not verified. */
export function resendError(name: ResendErrorName, message: string, statusCode: number = statuses[name]): ResendError {
  return { statusCode, name, message }
}

export function answerError(c: Context, error: ResendError): Response {
  return c.json(error, error.statusCode as 422)
}
