/** A difference that is right as it is. `at` is its name; `*` stands for anything. */
export type Explained = { at: string; reason: string }

const newer = 'The recording is of 2020; the reference names this member for the newer minor version that the emulator speaks.'

export const explained: readonly Explained[] = [
  { at: '*customer: adds Customer.IsProject', reason: newer },
  { at: '*customer: adds Customer.ClientEntityId', reason: newer },
  { at: 'error__500: adds time', reason: 'The recorded 2030 came without a time from a layer before the one that answers everything else; nobody can rely on its absence.' },
  { at: 'fault intuit-reference-samples/batch.json 6240: *', reason: "The sample's words are those of the documentation; the words recorded in 2020 (error__validation) are the ones that are answered." },
  { at: 'webhook cloudevents of a class: lacks [].data.alternative_ids', reason: '`data` may hold alternative ids or nothing; the other recorded event of the same form holds nothing.' },
  { at: 'webhook cloudevents of a class: adds [].datacontenttype', reason: 'One recorded event has a datacontenttype and one has not; the emulator sends the one that has.' },
  { at: 'webhook headers: adds *', reason: 'Headers of the HTTP connection itself, which the documentation does not print.' },
]
