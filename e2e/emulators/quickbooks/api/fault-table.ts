import type { Clock } from '../../kit/clock.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { stampWithMs } from '../books/times.ts'
import { applicationNotPermitted, gatewayFault, throttledFault, tokenNotTaken } from '../oauth/gateway.ts'
import { faultOf } from './faults.ts'

/** Every code that can be ordered with `answerOfCode`. */
export function faultCodes(): string[] {
  return [...new Set([...Object.keys(gatewayAnswers), ...Object.keys(ordered), ...raised.map(({ code }) => code)])].toSorted((a, b) => Number(a) - Number(b))
}

/**
 * The answer that carries one of Intuit's error codes, in the shape of whoever gives it: the gateway's or the service's own.
 * Undefined for a code that is not of the table. Codes, messages and meanings: Intuit's page "Error codes"; the statuses of 100-150 are
 * documented only for 120 (401, "Top QuickBooks Online API errors"), the others follow their fault's type.
 */
export function answerOfCode(code: string, clock: Clock): { status: number; body: object } | undefined {
  const gateway = gatewayAnswers[code]
  if (gateway) return gateway(clock)
  const fault = ordered[code]
  const refusal = fault ? new Refusal({ code, ...fault, detail: `${fault.message}: ${fault.detail}` }) : raised.find(one => one.code === code)
  return refusal && { status: refusal.status, body: { ...faultOf(refusal), time: stampWithMs(clock.now()) } }
}

type FaultType = 'ValidationFault' | 'SystemFault' | 'AuthenticationFault' | 'AuthorizationFault'
type Ordered = { status: number; type: FaultType; message: string; detail: string }

const gatewayAnswers: Readonly<Record<string, (clock: Clock) => { status: number; body: object }>> = {
  3001: () => ({ status: 429, body: throttledFault }),
  3100: clock => ({ status: 403, body: gatewayFault(clock, applicationNotPermitted) }),
  3200: clock => ({ status: 401, body: gatewayFault(clock, tokenNotTaken('Token expired')) }),
  3202: clock => ({ status: 401, body: gatewayFault(clock, { status: 401, name: 'EmptyField', code: '3202', detail: 'oauth_token', type: 'AUTHENTICATION' }) }),
}

const invalid = (message: string, detail: string): Ordered => ({ status: 400, type: 'ValidationFault', message, detail })

/** What no state of the emulated books brings about. */
const ordered: Readonly<Record<string, Ordered>> = {
  100: { status: 401, type: 'AuthenticationFault', message: 'General Authentication Error', detail: 'AuthenticationErrorGeneral' },
  110: { status: 401, type: 'AuthenticationFault', message: 'Authentication OAuth Error', detail: 'AuthenticationOAuthError' },
  120: { status: 401, type: 'AuthorizationFault', message: 'Authorization Failure', detail: '-11014-You do not have access to use QuickBooks Online Plus.' },
  130: { status: 500, type: 'SystemFault', message: 'Accessing Wrong Cluster', detail: 'WrongClusterError, statusCode: 500' },
  140: { status: 403, type: 'AuthorizationFault', message: 'Company Locked Out', detail: 'CompanyLockedOut, statusCode: 403' },
  150: { status: 503, type: 'SystemFault', message: 'Company Under Maintenance', detail: 'CompanyUnderMaintenance, statusCode: 503' },
  600: invalid('Duplicate Request ID', 'the request id has been used before'),
  620: invalid('Txn ID Cannot Be Linked', 'the transaction 101 cannot be linked'),
  2000: invalid('Invalid or unsupported object name', 'Object Name: Invoce'),
  2290: invalid('NegativeAmount', 'a line takes no negative amount'),
  4000: invalid('Error parsing query', 'QueryParserError: Encountered " "form "" at line 1, column 10.'),
  4001: invalid('Invalid query', 'QueryValidationError: property Foo not found for the entity'),
  4002: invalid('The query could not be processed due to unexpected errors', 'QueryProcessingError'),
  5020: invalid('Permission Denied Error', 'this user or this subscription may not use the feature'),
  6160: invalid('Invalid TaxCodeRef Error', 'CustomSalesTax cannot be used to create a transaction'),
  6170: invalid('Invalid TxnTaxDetail Error', 'TxnTaxDetail is not allowed where GlobalTaxCalculation is NotApplicable'),
  6250: invalid('InvalidSalesCustomer', 'the customer 1 does not exist or is inactive'),
  6430: invalid('Invalid account type used', 'Accounts Payable'),
  6440: invalid('Transaction Detail Information Required', 'each line with an amount needs an item or an account'),
  6450: invalid('Attempt to Void Transaction failed', 'the transaction is settled and cannot be voided'),
  6470: invalid('TaxLiabilityAccount or TaxRateError', 'a tax is not allowed here, or has no rate'),
  6480: invalid('Matched Transaction Delete Error', 'the transaction is matched to one of another account'),
  6530: invalid('Found raw Credit Card Numbering request', 'card numbers are taken as tokens only'),
  10000: { status: 500, type: 'SystemFault', message: 'An application error has occurred while processing your request', detail: 'System Failure Error' },
  10100: { status: 500, type: 'SystemFault', message: 'Result Set Big', detail: 'the result of the query is too large' },
}

/** What the books raise by themselves too, in the very words. */
const raised: readonly Refusal[] = [
  refuse.notFound(), refuse.badReference(), refuse.missing('Line'), refuse.badId('1.5'), refuse.badCharacters('PrivateNote'), refuse.tooLong('PrivateNote', 4000, 4001),
  refuse.badEnumeration('EmailStatus', 'Sent'), refuse.unknownProperty('Foo'), refuse.stale('Avery Alder'), refuse.business('You must set a transaction amount'), refuse.badAmount('10'),
  refuse.duplicateNumber('1001', 'Invoice', '101'), refuse.lapsed(), refuse.closedPeriod(false), refuse.closedPeriod(true), refuse.duplicateName(), refuse.deposited(), refuse.wasReset(),
]
