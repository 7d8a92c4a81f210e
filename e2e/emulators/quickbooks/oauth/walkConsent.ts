export type ConsentAnswer = {
  /** The e-mail address of the person who signs in. */
  as: string
  /** The company; absent for a mere sign-in, or where the person administers one company only. */
  realmId?: string
  /** The permissions left ticked; all that were asked for when absent. */
  scopes?: readonly string[]
  decline?: boolean
}

/**
 * Walks the consent pages over HTTP as a person without scripts would, from the app's authorize address.
 * Answers the address Intuit sends the browser back to. Throws where a page says no.
 */
export async function walkConsent(authorizeUrl: string, answer: ConsentAnswer): Promise<URL> {
  const first = await fetch(authorizeUrl, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  const refusal = first.headers.get('location')
  if (refusal) return new URL(refusal)
  const signInPage = await pageText(first)
  const person = [...signInPage.matchAll(/name="user" value="([^"]+)"[\s\S]*?class="detail">([^<]+)</g)].find(match => match[2] === answer.as)
  if (!person) throw new Error(`nobody with the address ${answer.as} can sign in at ${authorizeUrl}`)
  const signedIn = await post(authorizeUrl, '/connect/sign-in', [['request', hidden(signInPage)], ['user', person[1] ?? '']])
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const consentUrl = new URL(signedIn.headers.get('location') ?? '', authorizeUrl)
  const consentPage = await pageText(await fetch(consentUrl, { headers: { cookie }, signal: AbortSignal.timeout(timeoutMs) }))
  const ticked = answer.scopes ?? valuesOf(consentPage, 'scope')
  const realmId = answer.realmId ?? valuesOf(consentPage, 'realmId')[0]
  const fields: [string, string][] = [['request', hidden(consentPage)], ['answer', answer.decline ? 'decline' : 'connect'], ...ticked.map((scope): [string, string] => ['scope', scope])]
  if (realmId !== undefined) fields.push(['realmId', realmId])
  const answered = await post(authorizeUrl, '/connect/consent', fields, cookie)
  const back = answered.headers.get('location')
  if (!back) throw new Error(`Intuit's consent page answered ${answered.status}: ${await pageText(answered, false)}`)
  return new URL(back)
}

const timeoutMs = 10_000

async function post(base: string, path: string, fields: [string, string][], cookie = ''): Promise<Response> {
  return fetch(new URL(path, base), { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(fields), signal: AbortSignal.timeout(timeoutMs) })
}

async function pageText(response: Response, mustSucceed = true): Promise<string> {
  const text = await response.text()
  if (mustSucceed && !response.ok) throw new Error(`Intuit answered ${response.status}: ${/role="alert">([^<]*)</.exec(text)?.[1] ?? text.slice(0, 200)}`)
  return mustSucceed ? text : (/role="alert">([^<]*)</.exec(text)?.[1] ?? text.slice(0, 200))
}

function hidden(page: string): string {
  const value = /name="request" value="([^"]+)"/.exec(page)?.[1]
  if (value === undefined) throw new Error('the page carries no request')
  return value
}

function valuesOf(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`name="${name}" value="([^"]+)"`, 'g'))].map(match => match[1] ?? '')
}
