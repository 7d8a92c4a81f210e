import { Refusal } from '../../books/refusal.ts'

export type Token = { kind: 'word' | 'string' | 'number' | 'sign' | 'end'; text: string; column: number }

/** Cuts a query into words, quoted values, numbers and signs. Throws the fault 4000 where a quote is not closed or a sign is unknown. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s+|([A-Za-z_][A-Za-z0-9_.]*)|'((?:[^'\\]|\\[\s\S])*)'|(-?\d+(?:\.\d+)?)|(<=|>=|[=<>*(),])/y
  while (pattern.lastIndex < query.length) {
    const column = pattern.lastIndex + 1
    const match = pattern.exec(query)
    if (!match) throw lexical(query, column)
    const [, word, quoted, number, sign] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word, column })
    else if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted.replace(/\\([\s\S])/g, '$1'), column })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, column })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, column })
  }
  tokens.push({ kind: 'end', text: '<EOF>', column: query.length + 1 })
  return tokens
}

const keywords: ReadonlySet<string> = new Set(['select', 'from', 'where', 'and', 'or', 'in', 'like', 'order', 'orderby', 'by', 'asc', 'desc', 'startposition', 'maxresults', 'count', 'null', 'true', 'false'])

export function isKeyword(token: Token): boolean {
  return token.kind === 'word' && keywords.has(token.text.toLowerCase())
}

/** Intuit's parser tells what it met, where, and what it waited for (recorded). */
export function unexpected(token: Token, expected: string): Refusal {
  const met =
    token.kind === 'end' ? ' <EOF> ' : isKeyword(token) ? ` "${token.text.toLowerCase()}" "${token.text.toUpperCase()} "` : ` ${kindNames[token.kind]} "${token.text} "`
  return parseFault(`Encountered "${met}" at line 1, column ${token.column}.\nWas expecting:\n    ${expected} ...\n    `)
}

const kindNames = { word: '<IDENTIFIER>', string: '<STRING_LITERAL>', number: '<INTEGER_LITERAL>', sign: '<SIGN>' } as const

function lexical(query: string, column: number): Refusal {
  return parseFault(`Lexical error at line 1, column ${column}.  Encountered: ${JSON.stringify(query[column - 1] ?? '<EOF>')}, after : ""`)
}

function parseFault(detail: string): Refusal {
  return new Refusal({ code: '4000', message: 'Error parsing query', detail: `QueryParserError: ${detail}` })
}
