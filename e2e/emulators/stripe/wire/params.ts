import { z } from 'zod'
import { invalid, type StripeFailure } from './failure.ts'
import type { FormFields } from './form.ts'

/**
 * Parameters as Stripe reads them: everything arrives as text, nothing unknown passes.
 * Each piece refuses with Stripe's own sentence and code (docs.stripe.com/error-codes).
 */

/** A text that is not empty. */
export const text = (charactersMax = 5000) =>
  z.string().check(ctx => {
    const length = [...ctx.value].length
    if (length > charactersMax) refuse(ctx, param => `Invalid string: ${ctx.value.slice(0, 10)}...${ctx.value.slice(-5)}; must be at most ${charactersMax} characters (${param})`)
  })

/** A text that may be empty, which takes the value away. */
export const erasable = (charactersMax = 5000) => text(charactersMax).meta({ erasable: true })

export const whole = () =>
  z.string().transform((value, ctx) => {
    if (/^-?\d{1,15}$/.test(value)) return Number(value)
    refuse(ctx, () => `Invalid integer: ${value}`, 'parameter_invalid_integer')
    return z.NEVER
  })

export const flag = () =>
  z.string().transform((value, ctx) => {
    if (value === 'true' || value === 'false') return value === 'true'
    refuse(ctx, () => `Invalid boolean: ${value}`)
    return z.NEVER
  })

export const oneOf = <const T extends string>(values: readonly T[]) =>
  z.string().transform((value, ctx): T => {
    const found = values.find(v => v === value)
    if (found !== undefined) return found
    refuse(ctx, param => `Invalid ${param}: must be one of ${sentence(values)}`)
    return z.NEVER
  })

/** Up to 50 keys of 40 characters with values of 500 (docs.stripe.com/api/metadata); an empty value takes a key away. */
export const metadata = () =>
  z.record(z.string(), z.string()).check(ctx => {
    const entries = Object.entries(ctx.value)
    if (entries.length > 50) refuse(ctx, () => 'Metadata can have up to 50 keys.')
    for (const [key, value] of entries) {
      if (key.length > 40) refuse(ctx, () => `Metadata keys can have up to 40 characters: ${key}`)
      if (value.length > 500) refuse(ctx, () => `Metadata values must be strings of up to 500 characters: ${key}`)
    }
  })

export const expand = () => z.array(z.string()).max(20)

export const address = () =>
  z.strictObject({ city: erasable().optional(), country: erasable().optional(), line1: erasable().optional(), line2: erasable().optional(), postal_code: erasable().optional(), state: erasable().optional() })

const bound = () => whole().optional()
/** A time in seconds, or a range of them. */
export const created = () => z.union([whole(), z.strictObject({ gt: bound(), gte: bound(), lt: bound(), lte: bound() })])

export const page = {
  limit: whole().optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
  expand: expand().optional(),
}

/**
 * Checks decoded parameters. `alsoReal` names parameters that Stripe takes and this sandbox does not carry:
 * they get an answer of their own instead of `parameter_unknown`. Throws the StripeFailure for the first fault.
 */
export function readParams<T extends z.ZodType>(schema: T, fields: FormFields, alsoReal: readonly string[] = []): z.output<T> {
  const emptied = emptyParam(fields, schema)
  if (emptied !== undefined) {
    throw invalid(`You passed an empty string for '${emptied}'. We assume empty values are an attempt to unset a parameter; however '${emptied}' cannot be unset. You should remove '${emptied}' from your request or supply a non-empty value.`, {
      param: emptied,
      code: 'parameter_invalid_empty',
    })
  }
  const parsed = schema.safeParse(fields)
  if (parsed.success) return parsed.data
  throw failureOf(parsed.error.issues[0], fields, alsoReal)
}

type Refusal = { say: (param: string) => string; code?: string }
type IssueSink = { addIssue(issue: object): void } | { issues: unknown[]; value: unknown }

function refuse(ctx: IssueSink, say: Refusal['say'], code?: string): void {
  const refusal: Refusal = code === undefined ? { say } : { say, code }
  if ('addIssue' in ctx) ctx.addIssue({ code: 'custom', message: 'refused', params: refusal })
  else ctx.issues.push({ code: 'custom', message: 'refused', params: refusal, input: ctx.value })
}

function failureOf(issue: z.core.$ZodIssue | undefined, fields: FormFields, alsoReal: readonly string[]): StripeFailure {
  if (!issue) return invalid('Invalid request.')
  const param = bracketed(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownParam(bracketed([...issue.path, issue.keys[0] ?? '']), alsoReal)
    case 'custom': {
      const refusal = issue.params as Refusal | undefined
      return invalid(refusal ? refusal.say(param) : issue.message, { param, ...(refusal?.code === undefined ? {} : { code: refusal.code }) })
    }
    case 'invalid_union': {
      const deeper = issue.errors.flat().at(-1)
      return failureOf(deeper && { ...deeper, path: [...issue.path, ...deeper.path] }, fields, alsoReal)
    }
    case 'invalid_type':
      if (issue.path.reduce<unknown>((value, key) => (value as FormFields | undefined)?.[String(key)], fields) === undefined) return invalid(`Missing required param: ${param}.`, { param, code: 'parameter_missing' })
      return invalid(`Invalid ${issue.expected === 'record' ? 'object' : issue.expected}: the value of ${param} has another shape`, { param })
    default:
      return invalid(`Invalid ${param}: ${issue.message}`, { param })
  }
}

function unknownParam(param: string, alsoReal: readonly string[]): StripeFailure {
  const head = param.split('[')[0] ?? param
  if (alsoReal.includes(head)) return invalid(`Stripe takes ${head}, this sandbox does not carry it.`, { param: head, code: 'sandbox_not_carried' })
  return invalid(`Received unknown parameter: ${param}`, { param, code: 'parameter_unknown' })
}

function bracketed(path: readonly PropertyKey[]): string {
  const [head, ...rest] = path.map(String)
  return `${head ?? ''}${rest.map(part => `[${part}]`).join('')}`
}

function sentence(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`
}

/** The first top-level parameter that was sent empty although it cannot be taken away. */
function emptyParam(fields: FormFields, schema: z.ZodType): string | undefined {
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
  const known = new Map(Object.entries(shape))
  return Object.keys(fields).find(name => fields[name] === '' && known.has(name) && !isErasable(known.get(name)))
}

function isErasable(schema: z.ZodType | undefined): boolean {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
  return inner?.meta()?.['erasable'] === true
}
