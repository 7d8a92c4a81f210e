/** Differences that are right as they are, each by its whole name, and why. */
export type Explained = { at: readonly string[]; reason: string }

export const explained: readonly Explained[] = [
  {
    at: ['create__customer: adds Customer.IsProject', 'update__customer: adds Customer.IsProject', 'create__customer: adds Customer.ClientEntityId', 'update__customer: adds Customer.ClientEntityId'],
    reason: 'The recording is of 2020; the reference names this member for the newer minor version that the emulator speaks.',
  },
  { at: ['error__500: adds time'], reason: 'The recorded 2030 came without a time from a layer before the one that answers everything else; nobody can rely on its absence.' },
  {
    at: ['fault intuit-reference-samples/batch.json 6240: other value detail', 'fault intuit-reference-samples/batch.json 6240: other kind element'],
    reason: "The sample's words are those of the documentation; the words recorded in 2020 (error__validation) are the ones that are answered.",
  },
  { at: ['webhook cloudevents of a class: lacks [].data.alternative_ids'], reason: '`data` may hold alternative ids or nothing; the other recorded event of the same form holds nothing.' },
  { at: ['webhook cloudevents of a class: adds [].datacontenttype'], reason: 'One recorded event has a datacontenttype and one has not; the emulator sends the one that has.' },
  {
    at: ['webhook headers: adds host', 'webhook headers: adds connection', 'webhook headers: adds accept-encoding', 'webhook headers: adds accept-language', 'webhook headers: adds sec-fetch-mode'],
    reason: 'What any HTTP connection carries, or Node’s own client adds to it; the documentation prints the headers that Intuit means to send.',
  },
]
