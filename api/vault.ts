import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SealingKey } from './config.ts'

/** Seals what must not be read from a stolen database, and hashes what need never be read again. */
export type Vault = {
  /** AES-256-GCM under the newest key; `place` binds it to its row, so that it opens nowhere else. */
  seal(text: string, place: string): string
  /** The name of the key that seals. */
  newest: string
  /** Throws where the text was changed, comes from another place, or its key is unknown. */
  open(sealed: string, place: string): string
  /** For tokens of 128 bits and more, which nobody can guess. */
  hash(token: string): string
  /** For short codes: useless without the key. */
  hashCode(code: string, place: string): string
}

export function createVault(keys: readonly SealingKey[]): Vault {
  const [newest] = keys
  if (!newest) throw new Error('a vault needs a key')
  return {
    newest: newest.name,
    seal(text, place) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce)
      cipher.setAAD(Buffer.from(`${newest.name}|${place}`))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [newest.name, nonce.toString('base64url'), Buffer.concat([body, cipher.getAuthTag()]).toString('base64url')].join('.')
    },
    open(sealed, place) {
      const [name = '', nonce = '', body = ''] = sealed.split('.')
      const key = keys.find(k => k.name === name)
      if (!key) throw new Error(`no sealing key named ${JSON.stringify(name)}: add it to SEALING_KEYS`)
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key.key, Buffer.from(nonce, 'base64url'))
      decipher.setAAD(Buffer.from(`${name}|${place}`))
      decipher.setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8')
    },
    hash: token => hash('sha256', token, 'base64url'),
    hashCode: (code, place) => createHmac('sha256', newest.key).update(`${place}|${code}`).digest('base64url'),
  }
}

/** Compares two hashes without telling by its time where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
