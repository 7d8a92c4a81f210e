/** What QuickBooks answers when it does not do what it was asked; the API writes it as a Fault. */
export class Refusal extends Error {
  readonly code: string
  readonly detail: string
  readonly element: string | undefined
  readonly status: number
  readonly type: string

  constructor(fault: { code: string; message: string; detail: string; element?: string; status?: number; type?: string }) {
    super(fault.message)
    this.name = 'Refusal'
    this.code = fault.code
    this.detail = fault.detail
    this.element = fault.element
    this.status = fault.status ?? 400
    this.type = fault.type ?? 'ValidationFault'
  }
}

const inactive = "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees."

/** The faults of Intuit's error code pages that the books themselves raise, in the words that were recorded where there are recordings. */
export const refuse = {
  notFound: () => new Refusal({ code: '610', message: 'Object Not Found', detail: `Object Not Found : ${inactive}`, element: '' }),
  badReference: () => new Refusal({ code: '2500', message: 'Invalid Reference Id', detail: `Invalid Reference Id : ${inactive}`, element: '' }),
  missing: (name: string) =>
    new Refusal({
      code: '2020',
      message: 'Required param missing, need to supply the required value for the API',
      detail: `Required parameter ${name} is missing in the request`,
      element: name,
    }),
  badId: (value: string) => new Refusal({ code: '2030', message: 'Invalid ID', detail: `Id should be a valid number. Supplied value:${value}`, element: 'Id' }),
  badCharacters: (name: string) =>
    new Refusal({ code: '2040', message: 'Invalid String. Unsupported character', detail: `The value of ${name} has characters that are not supported: a US company takes ISO-8859-1`, element: name }),
  tooLong: (name: string, max: number, length: number) =>
    new Refusal({
      code: '2050',
      message: 'String length is either shorter or longer than supported by specification',
      detail: `String length specified does not match the supported length. Min:0 Max:${max} supported. Supplied length:${length}`,
      element: name,
    }),
  badEnumeration: (name: string, value: string) =>
    new Refusal({ code: '2170', message: 'Invalid Enumeration', detail: `Invalid Enumeration : ${name} does not take the value ${value}`, element: name }),
  unknownProperty: (detail: string) => new Refusal({ code: '2010', message: 'Request has invalid or unsupported property', detail: `Property Name:${detail} specified is unsupported or invalid` }),
  unsupported: (operation: string) => new Refusal({ code: '500', message: 'Unsupported Operation', detail: `Operation ${operation} is not supported.` }),
  stale: (user: string) =>
    new Refusal({
      code: '5010',
      message: 'Stale Object Error',
      detail: `Stale Object Error : You and ${user} were working on this at the same time. ${user} finished before you did, so your work was not saved.`,
      element: '',
    }),
  business: (reason: string) =>
    new Refusal({ code: '6000', message: 'A business validation error has occurred while processing your request', detail: `Business Validation Error: ${reason}`, element: '' }),
  badAmount: (supplied: string) =>
    new Refusal({ code: '6070', message: 'Amount calculation incorrect in the request', detail: `Amount is not equal to UnitPrice * Qty. Supplied value:${supplied}`, element: 'Line.Amount' }),
  duplicateNumber: (number: string, entity: string, id: string) =>
    new Refusal({
      code: '6140',
      message: 'Duplicate Document Number Error',
      detail: `Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber=${number} is assigned to TxnType=${entity} with TxnId=${id}`,
      element: '',
    }),
  lapsed: () =>
    new Refusal({
      code: '6190',
      message: 'Invalid Company Status',
      detail: 'Subscription period has ended or canceled or there was a billing problem : Data of this company can be read but not changed until it is subscribed again.',
      element: '',
    }),
  closedPeriod: (passwordAsked: boolean) =>
    passwordAsked
      ? new Refusal({
          code: '6210',
          message: 'Account Period Closed, Cannot Update Through Services API',
          detail: 'The account period has closed and the books ask for a password, which cannot be given through the QBO Services API. Please use the QBO website to make these changes.',
          element: '',
        })
      : new Refusal({
          code: '6200',
          message: 'Account Period Closed, Cannot Update Through Services API',
          detail: 'The account period has closed and the account books cannot be updated through the QBO Services API. Please use the QBO website to make these changes.',
          element: '',
        }),
  duplicateName: () => new Refusal({ code: '6240', message: 'Duplicate Name Exists Error', detail: 'The name supplied already exists. : null' }),
  deposited: () =>
    new Refusal({
      code: '6540',
      message: 'Deposited Transaction cannot be changed',
      detail: 'This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on and remove it first.',
      element: '',
    }),
  wasReset: () => new Refusal({ code: '10200', message: 'Company data was reset', detail: 'The data of this company was reset or restored; what was read before is no longer valid.', type: 'SystemFault' }),
} as const
