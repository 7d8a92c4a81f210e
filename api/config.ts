import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).transform(url => url.replace(/\/+$/, ''))
const secret = (what: string) => z.string({ error: `is missing: ${what}` }).min(1, `is empty: ${what}`)
const positive = z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(1, 'must be 1 at least')
const port = z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535)

const environment = z.object({
  PORT: port.default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: httpUrl.optional(),
  TRUSTED_PROXIES: z.string().default('').transform(readProxies),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.string().regex(/^(file|libsql|https?):/, 'must begin with file:, libsql:, http: or https:').optional(),
  DATABASE_AUTH_TOKEN: z.string().optional(),
  SEALING_KEYS: secret('one or more `name:key` pairs, newest first; make a key with `openssl rand -base64 32`').transform(readKeys),
  QUICKBOOKS_API_URL: httpUrl.default('https://quickbooks.api.intuit.com'),
  INTUIT_DISCOVERY_URL: httpUrl.default('https://developer.api.intuit.com/.well-known/openid_configuration'),
  INTUIT_CLIENT_ID: secret('the client id of your app at developer.intuit.com'),
  INTUIT_CLIENT_SECRET: secret('the client secret of your app at developer.intuit.com'),
  INTUIT_WEBHOOK_VERIFIER: z.string().optional(),
  QUICKBOOKS_APP_URL: httpUrl.default('https://app.qbo.intuit.com'),
  STRIPE_API_URL: httpUrl.default('https://api.stripe.com'),
  STRIPE_SCRIPT_URL: httpUrl.default('https://js.stripe.com/endive/stripe.js'),
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_(test|live)_/, 'must be a Stripe secret key (sk_… or rk_…)').optional(),
  STRIPE_PUBLISHABLE_KEY: z.string().regex(/^pk_(test|live)_/, 'must be a Stripe publishable key (pk_…)').optional(),
  STRIPE_WEBHOOK_SECRETS: z.string().default('').transform(text => text.split(',').map(part => part.trim()).filter(Boolean)),
  RESEND_API_KEY: secret('the API key of your Resend workspace'),
  RESEND_BASE_URL: httpUrl.default('https://api.resend.com'),
  MAIL_FROM: z.string().regex(/@/, 'must hold an e-mail address, e.g. "Invoices <invoices@example.com>"'),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with `openssl rand -hex 24`').optional(),
  EVENT_STREAMS_MAX: positive.default(10_000),
  REQUESTS_PER_MINUTE_PER_ADDRESS: positive.default(1_200),
  REQUESTS_PER_MINUTE_PER_LINK: positive.default(600),
  REQUESTS_PER_MINUTE_PER_MERCHANT: positive.default(3_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  WIDGET_DIR: z.string().default(resolve(import.meta.dirname, '../widget/dist')),
  SANDBOX_FILE: z.string().optional(),
})

/** The names of all settings; `docs/settings.md` says what each is. */
export const settingNames: readonly string[] = Object.keys(environment.shape)

export type SealingKey = { name: string; key: Buffer }
export type Config = ReturnType<typeof arrange>

/**
 * Reads the settings from the environment, whole: every fault is listed at once.
 * Throws an Error whose message names each setting, what is wrong with it and what to put there.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const filled = filledOf(env)
  const parsed = environment.safeParse(filled)
  const issues = parsed.error?.issues ?? []
  const named = issues.map(issue => String(issue.path[0]))
  const faults = [...new Set([...issues.map((issue, i) => `${named[i] ?? ''} ${issue.message}`), ...faultsOfWhole(filled, named)])]
  if (faults.length > 0 || !parsed.success) throw new Error(`The settings are not complete:\n${faults.map(fault => `  - ${fault}`).join('\n')}\nSet them in the environment and start again.`)
  return arrange(parsed.data)
}

/** Where the database is, for commands that need nothing else. Throws an Error like `readConfig`. */
export function readDatabase(env: Readonly<Record<string, string | undefined>> = process.env): Config['database'] {
  const parsed = environment.pick({ DATA_DIR: true, DATABASE_URL: true, DATABASE_AUTH_TOKEN: true }).safeParse(filledOf(env))
  if (!parsed.success) throw new Error(parsed.error.issues.map(issue => `${String(issue.path[0])} ${issue.message}.`).join('\n'))
  return databaseOf(parsed.data)
}

/** What was typed behind a command. Throws an Error with the fault and the usage where it cannot be meant. */
export function readTyped<Names extends Record<string, { type: 'string' }>>(options: Names, usage: string, args: readonly string[] = process.argv.slice(2)): { [Name in keyof Names]?: string } {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) throw new Error(`${error.message.split('. ')[0] ?? ''}.\n${usage}`, { cause: error })
    throw error
  }
}

function filledOf(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
}

function databaseOf(env: Pick<z.output<typeof environment>, 'DATA_DIR' | 'DATABASE_URL' | 'DATABASE_AUTH_TOKEN'>) {
  return { url: env.DATABASE_URL ?? `file:${join(env.DATA_DIR, 'quittance.db')}`, authToken: env.DATABASE_AUTH_TOKEN }
}

/** What does not go together, as far as each setting is right by itself. */
function faultsOfWhole(filled: Readonly<Record<string, string | undefined>>, faulty: readonly string[]): string[] {
  const given = (name: keyof typeof environment.shape) => (faulty.includes(name) ? undefined : filled[name])
  const faults: string[] = []
  if (Boolean(filled['STRIPE_SECRET_KEY']) !== Boolean(filled['STRIPE_PUBLISHABLE_KEY'])) faults.push('STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY belong together: set both, or neither to take no card payments')
  const secretKey = given('STRIPE_SECRET_KEY')
  const publishableKey = given('STRIPE_PUBLISHABLE_KEY')
  const apiUrl = given('STRIPE_API_URL')
  if (secretKey?.includes('_live_') && apiUrl && new URL(apiUrl).hostname !== 'api.stripe.com') faults.push('STRIPE_API_URL must be https://api.stripe.com when a live key is set')
  if (secretKey && publishableKey && secretKey.split('_')[1] !== publishableKey.split('_')[1]) faults.push('STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must both be test keys or both be live keys')
  return faults
}

function arrange(env: z.output<typeof environment>) {
  const publicUrl = env.PUBLIC_URL ?? `http://${env.HOST === '0.0.0.0' ? '127.0.0.1' : env.HOST}:${env.PORT}`
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    /** Where browsers reach the API. */
    publicUrl,
    /** Cookies are marked Secure wherever browsers come by https. */
    secureCookies: publicUrl.startsWith('https:'),
    /** Servers of our own before the API, which say whom they heard. */
    trustedProxies: env.TRUSTED_PROXIES,
    dataDir: env.DATA_DIR,
    database: databaseOf(env),
    sealingKeys: env.SEALING_KEYS,
    intuit: {
      discoveryUrl: env.INTUIT_DISCOVERY_URL,
      clientId: env.INTUIT_CLIENT_ID,
      clientSecret: env.INTUIT_CLIENT_SECRET,
      webhookVerifier: env.INTUIT_WEBHOOK_VERIFIER ?? null,
      apiUrl: env.QUICKBOOKS_API_URL,
      /** Where a person opens a document in QuickBooks. */
      appUrl: env.QUICKBOOKS_APP_URL,
      redirectUri: `${publicUrl}/quickbooks/callback`,
    },
    stripe:
      env.STRIPE_SECRET_KEY && env.STRIPE_PUBLISHABLE_KEY
        ? { apiUrl: env.STRIPE_API_URL, scriptUrl: env.STRIPE_SCRIPT_URL, secretKey: env.STRIPE_SECRET_KEY, publishableKey: env.STRIPE_PUBLISHABLE_KEY, webhookSecrets: env.STRIPE_WEBHOOK_SECRETS }
        : null,
    mail: { apiUrl: env.RESEND_BASE_URL, apiKey: env.RESEND_API_KEY, from: env.MAIL_FROM },
    /** Who may read `/metrics`; null where nobody may. */
    metricsToken: env.METRICS_TOKEN ?? null,
    /** Pages that may follow this process at the same time. */
    eventStreamsMax: env.EVENT_STREAMS_MAX,
    /** How many requests each may make to this process. */
    requestsPerMinute: { perAddress: env.REQUESTS_PER_MINUTE_PER_ADDRESS, perLink: env.REQUESTS_PER_MINUTE_PER_LINK, perMerchant: env.REQUESTS_PER_MINUTE_PER_MERCHANT },
    logLevel: env.LOG_LEVEL,
    widgetDir: env.WIDGET_DIR,
    /** In the sandbox: the file whose content `GET /sandbox` answers. */
    sandboxFile: env.SANDBOX_FILE ?? null,
  })
}

function readKeys(text: string, context: z.RefinementCtx): SealingKey[] {
  return text.split(',').map(pair => {
    const [name = '', encoded = ''] = pair.trim().split(':')
    const key = Buffer.from(encoded, 'base64')
    if (!/^[\w-]+$/.test(name) || key.length !== 32) context.addIssue({ code: 'custom', message: 'must hold `name:key` pairs whose key is 32 bytes in base64; make one with `openssl rand -base64 32`' })
    return { name, key }
  })
}

function readProxies(text: string, context: z.RefinementCtx): BlockList {
  const proxies = new BlockList()
  for (const part of text.split(',').map(each => each.trim()).filter(Boolean)) {
    const [address = '', bits] = part.split('/')
    const version = isIP(address)
    const most = version === 6 ? 128 : 32
    if (version === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) context.addIssue({ code: 'custom', message: `must hold network addresses or ranges with commas between, e.g. 127.0.0.1,10.0.0.0/8; ${JSON.stringify(part)} is none` })
    else proxies.addSubnet(address, bits === undefined ? most : Number(bits), version === 6 ? 'ipv6' : 'ipv4')
  }
  return proxies
}
