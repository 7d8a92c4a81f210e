/** What Intuit asks a person for each permission, in the order it is shown. */
export const scopes = {
  'com.intuit.quickbooks.accounting': { title: 'QuickBooks data', detail: 'See and change customers, invoices, payments and other records of this company.' },
  'com.intuit.quickbooks.payment': { title: 'QuickBooks Payments', detail: 'Take payments through QuickBooks Payments.' },
  openid: { title: 'Sign-in', detail: 'Know that it is you when you come back.' },
  profile: { title: 'Your name', detail: 'See your first and last name.' },
  email: { title: 'Your e-mail address', detail: 'See your e-mail address and whether it is confirmed.' },
  phone: { title: 'Your phone number', detail: 'See your phone number and whether it is confirmed.' },
  address: { title: 'Your address', detail: 'See your postal address.' },
} as const

export type Scope = keyof typeof scopes
export const accountingScope: Scope = 'com.intuit.quickbooks.accounting'

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text)
}

/** Sign in with Intuit asks for the person alone: no company is chosen and no `realmId` comes back. */
export function asksForCompany(asked: readonly Scope[]): boolean {
  return asked.some(scope => scope.startsWith('com.intuit.quickbooks.'))
}
