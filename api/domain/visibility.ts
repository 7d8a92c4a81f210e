import type { Visibility } from '../../db/values.ts'
import type { PublishRule } from './console-views.ts'

/**
 * Whether customers may see an invoice of QuickBooks. `current` is null on first sight.
 * What was published never goes back by itself, and a draft under review waits for the merchant.
 */
export function visibilityOf(rule: PublishRule, invoice: { sent: boolean }, current: Visibility | null): Visibility {
  if (current === 'published') return 'published'
  switch (rule) {
    case 'auto_all':
      return 'published'
    case 'auto_if_sent':
      return invoice.sent ? 'published' : 'draft'
    case 'review':
      return 'draft'
  }
}
