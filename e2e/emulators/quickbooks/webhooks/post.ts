import { createHmac } from 'node:crypto'
import { stamp } from '../books/times.ts'
import { contentTypeOf, type WebhookFormat } from './events.ts'

export type Post = { deliveryId: string; url: string; body: string; format: WebhookFormat; createdAt: number }

/** Sends one delivery as Intuit does and answers the status, or why none came. Redirects are not followed. */
export async function post(delivery: Post, verifierToken: string, timeoutMs: number, stopped: AbortSignal): Promise<number | string> {
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
      headers: {
        'intuit-created-time': stamp(delivery.createdAt).replace(/:(?=\d\d$)/, ''),
        'intuit-t-id': delivery.deliveryId,
        'intuit-notification-schema-version': '0.1',
        'content-type': contentTypeOf(delivery.format),
        'intuit-signature': createHmac('sha256', verifierToken).update(delivery.body).digest('base64'),
        accept: 'application/json',
        'user-agent': 'intuit_notification_server/0.1',
      },
      body: delivery.body,
    })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return error.name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : error.cause instanceof Error ? error.cause.message : error.message
  }
}
