import { createHash } from 'node:crypto'

export type Operation = 'Create' | 'Update' | 'Delete' | 'Void' | 'Merge' | 'Emailed'

/** A change of the books as it is told to listeners. */
export type BookChange = { realmId: string; entity: string; id: string; operation: Operation; lastUpdated: string; deletedId?: string }

/** A change on its way to the app. */
export type WebhookEvent = BookChange & { eventId: string }

export type WebhookFormat = 'classic' | 'cloudevents'

/** Which changes Intuit tells of (page "Webhooks", entities and operations). TaxCode, TaxRate, Attachable and CompanyInfo have none. */
const operationsOf: Readonly<Record<string, readonly Operation[]>> = {
  Account: ['Create', 'Update', 'Delete', 'Merge'],
  CreditMemo: ['Create', 'Update', 'Delete', 'Void', 'Emailed'],
  Customer: ['Create', 'Update', 'Delete', 'Merge'],
  Deposit: ['Create', 'Update', 'Delete'],
  Employee: ['Create', 'Update', 'Delete', 'Merge'],
  Invoice: ['Create', 'Update', 'Delete', 'Void', 'Emailed'],
  Item: ['Create', 'Update', 'Delete', 'Merge'],
  Payment: ['Create', 'Update', 'Delete', 'Void', 'Emailed'],
  PaymentMethod: ['Create', 'Update', 'Merge'],
  Preferences: ['Update'],
  RefundReceipt: ['Create', 'Update', 'Delete', 'Void', 'Emailed'],
  SalesReceipt: ['Create', 'Update', 'Delete', 'Void', 'Emailed'],
  Term: ['Create', 'Update'],
  Vendor: ['Create', 'Update', 'Delete', 'Merge'],
}

export function hasWebhook(change: BookChange): boolean {
  return operationsOf[change.entity]?.includes(change.operation) ?? false
}

/** The body of one delivery: one object grouped by company, or an array of CloudEvents. */
export function bodyOf(format: WebhookFormat, events: readonly WebhookEvent[], clientId: string): string {
  switch (format) {
    case 'classic':
      return JSON.stringify(classicBody(events))
    case 'cloudevents':
      return JSON.stringify(events.map(event => cloudEvent(event, clientId)))
  }
}

export function contentTypeOf(format: WebhookFormat): string {
  switch (format) {
    case 'classic':
      return 'application/json; charset=utf-8'
    case 'cloudevents':
      return 'application/cloudevents+json; charset=utf-8'
  }
}

function classicBody(events: readonly WebhookEvent[]) {
  return {
    eventNotifications: [...Map.groupBy(events, event => event.realmId)].map(([realmId, ofRealm]) => ({
      realmId,
      dataChangeEvent: {
        entities: ofRealm.map(({ entity, id, operation, lastUpdated, deletedId }) => ({
          name: entity,
          id,
          operation,
          lastUpdated: new Date(lastUpdated).toISOString(),
          ...(deletedId !== undefined && { deletedId }),
        })),
      },
    })),
  }
}

/** Seen on the wire: every verb is a participle but `void`. */
const verbs: Readonly<Record<Operation, string>> = { Create: 'created', Update: 'updated', Delete: 'deleted', Void: 'void', Merge: 'merged', Emailed: 'emailed' }

function cloudEvent(event: WebhookEvent, clientId: string) {
  return {
    specversion: '1.0',
    id: event.eventId,
    source: `intuit.${createHash('sha256').update(clientId).digest('base64')}`,
    type: `qbo.${event.entity.toLowerCase()}.${verbs[event.operation]}.v1`,
    datacontenttype: 'application/json',
    time: `${new Date(event.lastUpdated).toISOString().slice(0, -1)}000000Z`,
    intuitentityid: event.id,
    intuitaccountid: event.realmId,
    data: event.deletedId === undefined ? {} : { deletedid: event.deletedId },
  }
}
