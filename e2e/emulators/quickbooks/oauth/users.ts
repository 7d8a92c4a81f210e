/** A person who can sign in at the emulated Intuit. */
export type IntuitUser = {
  /** OpenID Connect's stable name of the person; never the e-mail address. */
  sub: string
  email: string
  emailVerified: boolean
  givenName: string
  familyName: string
  phoneNumber: string
  address: { streetAddress: string; locality: string; region: string; postalCode: string; country: string }
  /** Whether the person administers the companies of the emulator or none at all. */
  companies: 'all' | 'none'
}

const address = { streetAddress: '18 Orchard Street', locality: 'Duluth', region: 'MN', postalCode: '55802', country: 'US' }

/** The owner, their bookkeeper, and somebody with an unconfirmed address and no company. */
export const seededUsers: readonly IntuitUser[] = [
  {
    sub: '4f2b7c1e-6a0d-4e55-9a41-0c5d2f9be701',
    email: 'avery@alderandfinch.example',
    emailVerified: true,
    givenName: 'Avery',
    familyName: 'Finch',
    phoneNumber: '+12185550118',
    address,
    companies: 'all',
  },
  {
    sub: 'b81d0a56-3c0f-4f0e-8f7f-61f1e6b1a902',
    email: 'jules@ledgerdesk.example',
    emailVerified: true,
    givenName: 'Jules',
    familyName: 'Moreno',
    phoneNumber: '+12185550142',
    address: { ...address, streetAddress: '402 Canal Road' },
    companies: 'all',
  },
  {
    sub: 'd2c94e07-58b7-4b0b-b6d0-3b8d0f0c5a03',
    email: 'sam@newcomer.example',
    emailVerified: false,
    givenName: 'Sam',
    familyName: 'Okafor',
    phoneNumber: '+12185550177',
    address: { ...address, streetAddress: '9 Mill Lane' },
    companies: 'none',
  },
]
