import type { Scene } from './scene.ts'

/** No answer held a row of another merchant or another customer. */
export function checkLeaks(scene: Scene): string[] {
  const { ground, payers } = scene
  const owners = new Map<string, string>()
  const families = new Map(ground.read(`select merchant_id merchant, id, qbo_id qboId, parent_qbo_id parent from customers`).map(row => [String(row['id']), row]))
  const root = (id: string): string => {
    const row = families.get(id)
    const parent = row?.['parent'] ? [...families.values()].find(other => other['merchant'] === row['merchant'] && other['qboId'] === row['parent']) : undefined
    return parent ? root(String(parent['id'])) : id
  }
  for (const id of families.keys()) owners.set(id, root(id))
  for (const row of ground.read(`select id, customer_id customer from invoices union all select id, customer_id from payments`)) owners.set(String(row['id']), root(String(row['customer'])))
  const violations = new Set<string>()
  for (const { who, path, text, status } of payers.answers) {
    const own = [...families.values()].find(row => row['merchant'] === who.merchant.merchantId && row['qboId'] === who.quickBooksId)?.['id']
    const asked = new Set(path.match(idShape))
    for (const id of new Set(text.match(idShape))) {
      const owner = owners.get(id)
      if (owner !== undefined && owner !== root(String(own)) && !asked.has(id)) violations.add(`${status} ${path.replaceAll(idShape, '…')} told ${who.quickBooksId} of ${id}`)
    }
    for (const other of scene.shops) if (other.merchant !== who.merchant && text.includes(other.merchant.merchantId)) violations.add(`${path} told of another merchant`)
  }
  return [...violations]
}

const idShape = /\b(?:inv|cus|pay)_[0-9A-HJKMNP-TV-Z]{26}\b/g

/** How Intuit's codes and tokens begin, and links, sessions and keys of our own. */
const tokenShapes = [/AB11[\w-]{20}/, /RT1-[\w-]{20}/, /eyJhbG[\w-]{20}/, /\b(?:lnk|ses|chk|mst|qk|qst)_[\w-]{20}/] as const

/** No secret, no token and nobody's address or name stands in a log. */
export function checkSecrets(scene: Scene): string[] {
  const { ground, payers, shops } = scene
  const { outside } = ground
  const log = ground.said.join('')
  const secrets = [
    ...payers.secrets, ...shops.map(shop => shop.merchant.apiKey), outside.stripe.secretKey, outside.stripe.webhookSecret, outside.quickbooks.app.clientSecret, outside.quickbooks.app.verifierToken, outside.mail.apiKey,
    'pat@harbourcoffee.example', 'ingrid@northlightdental.example', 'Harbour Coffee', 'Northlight Dental',
  ]
  const known = secrets.flatMap((secret, i) => (secret.length > 5 && log.includes(secret) ? [`a log line holds a secret (number ${i}, ${secret.slice(0, 6)}…)`] : []))
  return [...tokensIn(log), ...known]
}

/** What in a log looks like a token, named by its shape and the words before it. The letters of an id are left to chance, so one may begin like a code of Intuit's. */
export function tokensIn(log: string): string[] {
  const withoutIds = log.replaceAll(idShape, '…')
  return tokenShapes.flatMap(shape => {
    const at = withoutIds.search(shape)
    return at === -1 ? [] : [`a log line holds a token (${shape.source}) after: ${withoutIds.slice(Math.max(0, at - 80), at)}`]
  })
}
