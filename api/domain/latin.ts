const replacements: Readonly<Record<string, string>> = {
  '‘': "'", '’': "'", '‚': "'", '‛': "'", '“': '"', '”': '"', '„': '"', '–': '-', '—': '-', '‐': '-', '‑': '-', '−': '-', '…': '...', '•': '*', '€': 'EUR', '™': '(TM)',
  '\u2002': ' ', '\u2003': ' ', '\u2009': ' ', '\u202f': ' ', 'ł': 'l', 'Ł': 'L', 'œ': 'oe', 'Œ': 'OE', 'đ': 'd', 'Đ': 'D', 'ı': 'i',
}

/**
 * Writes a text in ISO-8859-1, the one character set that QuickBooks takes from companies in the United States (Intuit, "REST API basics").
 * Typographic signs become their plain form, accents beyond the set are dropped from their letter, and what has no likeness is left out.
 */
export function toLatin1(text: string): string {
  let written = ''
  for (const letter of text) {
    const plain = replacements[letter] ?? (isLatin1(letter) ? letter : letter.normalize('NFKD'))
    for (const part of plain) if (isLatin1(part)) written += part
  }
  return written
}

function isLatin1(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || letter === '\n' || letter === '\r' || letter === '\t'
}
