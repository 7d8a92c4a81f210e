import { expect, test } from 'vitest'
import { classOfFault, findFault } from './qbo-fault.ts'

test.each([
  ['an expired token', { status: 401, code: '3200' }, 'auth', 'auth'],
  ['a missing permission', { status: 403, code: '003100' }, 'auth', 'auth'],
  ['too many calls', { status: 429, code: '3001' }, 'throttled', 'throttled'],
  ['throttled in an older shape', { status: 403, code: '3001' }, 'throttled', 'throttled'],
  ['a lapsed subscription', { status: 400, code: '6190' }, 'paused', 'paused'],
  ['a stale sync token', { status: 400, code: '5010' }, 'stale', 'stale'],
  ['an object that is not there', { status: 400, code: '610' }, 'gone', 'gone'],
  ['an inactive reference', { status: 400, code: '2500' }, 'gone', 'gone'],
  ['closed books', { status: 400, code: '6210' }, 'person', 'person'],
  ['a deposited payment', { status: 400, code: '6540' }, 'person', 'person'],
  ['a code that nobody knows', { status: 400, code: '98765' }, 'person', 'person'],
  ['an unknown property', { status: 400, code: '2010' }, 'ours', 'ours'],
  ['a query that cannot be read', { status: 400, code: '4000' }, 'ours', 'ours'],
  ['an application error inside HTTP 200', { status: 200, code: '10000' }, 'transient', 'unknown'],
  ['a proxy’s page', { status: 502, code: '' }, 'transient', 'unknown'],
  ['an address that a proxy does not know, which proves no object gone', { status: 404, code: '' }, 'ours', 'ours'],
  ['a refusal without a code', { status: 400, code: '' }, 'ours', 'ours'],
])('%s', (_name, fault, onRead, onWrite) => {
  expect([classOfFault({ ...fault, isWrite: false }), classOfFault({ ...fault, isWrite: true })]).toEqual([onRead, onWrite])
})

test('a fault is found in both spellings, at the top and one level down, and nowhere else', () => {
  const error = { Message: 'Object Not Found', Detail: 'gone', code: '610', element: 'Id' }
  const found = { code: '610', message: 'Object Not Found', detail: 'gone', element: 'Id' }
  expect(findFault({ Fault: { Error: [error], type: 'ValidationFault' } })).toEqual(found)
  expect(findFault({ AttachableResponse: [{ Fault: { Error: [error] } }], time: 'now' })).toEqual(found)
  expect(findFault({ QueryResponse: { Fault: { Error: [error] } } })).toEqual(found)
  expect(findFault({ fault: { error: [{ message: 'message=AuthenticationFailed; errorCode=003200; statusCode=401', detail: 'Token expired', code: '3200', element: null }], type: 'AUTHENTICATION' } })).toMatchObject({ code: '3200', element: null })
  expect(findFault({ fault: { error: [{ message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429' }] } })).toMatchObject({ code: '3001' })
  expect(findFault({ Invoice: { Id: '1', PrivateNote: 'Fault' } })).toBeNull()
  expect(findFault('<html>')).toBeNull()
})
