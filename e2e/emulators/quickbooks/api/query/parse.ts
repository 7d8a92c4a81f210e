import { isKeyword, tokensOf, unexpected, type Token } from './tokens.ts'

export type ParsedValue = { text: string; quoted: boolean }
export type ParsedCondition = { property: string; operator: '=' | '<' | '>' | '<=' | '>=' | 'in' | 'like'; values: ParsedValue[] }
export type ParsedQuery = {
  /** The properties asked for; empty means all. */
  properties: string[]
  counts: boolean
  entity: string
  where: ParsedCondition[]
  order: { property: string; descending: boolean }[]
  startPosition?: number
  maxResults?: number
}

/**
 * Reads Intuit's query language: SELECT * | count(*) | properties FROM entity [WHERE … AND …] [ORDERBY …] [STARTPOSITION n] [MAXRESULTS n].
 * There is no OR, no join, no grouping. Throws the fault 4000.
 */
export function parseQuery(query: string): ParsedQuery {
  const read = reader(tokensOf(query))
  read.keyword('select')
  const asked = selected(read)
  read.keyword('from')
  const parsed: ParsedQuery = { ...asked, entity: read.identifier(), where: [], order: [] }
  if (read.takes('where')) parsed.where = conditions(read)
  for (;;) {
    if (read.takes('orderby')) parsed.order = orders(read)
    else if (read.takes('order')) {
      read.keyword('by')
      parsed.order = orders(read)
    } else if (read.takes('startposition')) parsed.startPosition = read.integer()
    else if (read.takes('maxresults')) parsed.maxResults = read.integer()
    else break
  }
  read.end()
  return parsed
}

type Reader = ReturnType<typeof reader>

function reader(tokens: Token[]) {
  let position = 0
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '<EOF>', column: 1 }
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word
  const isSign = (sign: string) => peek().kind === 'sign' && peek().text === sign
  return {
    takes: (word: string) => isWord(word) && ++position > 0,
    takesSign: (sign: string) => isSign(sign) && ++position > 0,
    keyword(word: string) {
      if (!isWord(word)) throw unexpected(peek(), `"${word}"`)
      position += 1
    },
    sign(sign: string) {
      if (!isSign(sign)) throw unexpected(peek(), `"${sign}"`)
      position += 1
    },
    identifier(): string {
      const token = peek()
      if (token.kind !== 'word' || isKeyword(token)) throw unexpected(token, '<IDENTIFIER>')
      position += 1
      return token.text
    },
    integer(): number {
      const token = peek()
      if (token.kind !== 'number' || !/^-?\d+$/.test(token.text)) throw unexpected(token, '<INTEGER_LITERAL>')
      position += 1
      return Number(token.text)
    },
    value(): ParsedValue {
      const token = peek()
      const bare = token.kind === 'word' && /^(true|false)$/i.test(token.text)
      if (token.kind !== 'string' && !bare) throw unexpected(token, '<STRING_LITERAL>')
      position += 1
      return { text: bare ? token.text.toLowerCase() : token.text, quoted: !bare }
    },
    operator(): ParsedCondition['operator'] {
      const token = peek()
      const text = token.text.toLowerCase()
      position += 1
      if (token.kind === 'word' && (text === 'in' || text === 'like')) return text
      if (token.kind === 'sign' && (text === '=' || text === '<' || text === '>' || text === '<=' || text === '>=')) return text
      throw unexpected(token, '"="')
    },
    end() {
      if (peek().kind !== 'end') throw unexpected(peek(), '<EOF>')
    },
  }
}

function selected(read: Reader): { properties: string[]; counts: boolean } {
  if (read.takesSign('*')) return { properties: [], counts: false }
  if (read.takes('count')) {
    read.sign('(')
    read.sign('*')
    read.sign(')')
    return { properties: [], counts: true }
  }
  const properties = [read.identifier()]
  while (read.takesSign(',')) {
    if (read.takesSign('*')) return { properties: [], counts: false }
    properties.push(read.identifier())
  }
  return { properties, counts: false }
}

function conditions(read: Reader): ParsedCondition[] {
  const found: ParsedCondition[] = []
  do {
    const property = read.identifier()
    const operator = read.operator()
    found.push({ property, operator, values: operator === 'in' ? valueList(read) : [read.value()] })
  } while (read.takes('and'))
  return found
}

function valueList(read: Reader): ParsedValue[] {
  read.sign('(')
  const values = [read.value()]
  while (read.takesSign(',')) values.push(read.value())
  read.sign(')')
  return values
}

function orders(read: Reader): ParsedQuery['order'] {
  const found: ParsedQuery['order'] = []
  do {
    const property = read.identifier()
    const descending = read.takes('desc')
    if (!descending) read.takes('asc')
    found.push({ property, descending })
  } while (read.takesSign(','))
  return found
}
