import type { CardRow } from '../../db/queries/cards.ts'
import type { CardView } from '../domain/console-views.ts'
import { currency, minor } from '../domain/money.ts'
import type { Format } from './format.ts'

type Words = Pick<CardView, 'urgency' | 'title' | 'text' | 'actions'>
type Facts = CardRow['facts']

const dealtWith = { name: 'done', label: 'I have dealt with it', main: false } as const
const tryAgain = { name: 'retry', label: 'Try again', main: true } as const
/** QuickBooks' codes for a day whose books are closed (developer.intuit.com, "Error codes": 6200, 6210). */
const closedBooks = ['6200', '6210']
const isSafe = 'The customer has paid, the money is with the payment provider, and the invoice counts as paid here.'

/** A question for a person, as Home shows it. */
export function cardView(card: CardRow, format: Format): CardView {
  return { id: card.id, kind: card.kind, at: new Date(card.openedAt).toISOString(), ...cardWords(card, format) }
}

/** What happened, what was not done, and what can be done. Money comes first. */
export function cardWords({ kind, facts }: Pick<CardRow, 'kind' | 'facts'>, format: Format): Words {
  switch (kind) {
    case 'charge_differs':
      return {
        urgency: 'now', title: `A charge of ${money(facts, 'charged', format)} is not the ${money(facts, 'ordered', format)} that was ordered`, actions: [dealtWith],
        text: `The payment provider holds another amount than the customer agreed to (reference ${text(facts, 'reference')}, ${text(facts, 'ref')} at the provider). Nothing was written to QuickBooks and no invoice was marked paid. Look at the charge at the provider, then refund it or record it by hand.`,
      }
    case 'orphan_charge':
      return {
        urgency: 'now', title: `A charge of ${money(facts, 'amount', format)} belongs to no payment here`, actions: [dealtWith],
        text: `The payment provider took it in your name (${text(facts, 'ref')}${facts['reference'] ? `, reference ${text(facts, 'reference')}` : ''}), but we have no payment for it. Nothing was written to QuickBooks. Look at it at the provider, then refund it or record it by hand.`,
      }
    case 'posting_blocked':
      return blocked(facts, format)
    case 'posting_diverged':
      return undone(facts, format)
    case 'charge_refunded':
      return {
        urgency: 'soon', title: `${money(facts, 'refunded', format)} of a payment was given back`, actions: [dealtWith],
        text: `At the payment provider somebody refunded it of the payment ${text(facts, 'reference')} of ${money(facts, 'amount', format)}. Nothing was changed in QuickBooks, and its invoice counts as paid. Record the refund in QuickBooks as your books need it.`,
      }
    case 'payment_unapplied':
      return {
        urgency: 'soon', title: `${money(facts, 'unapplied', format)} of a payment found no open invoice`, actions: [dealtWith],
        text: `The payment ${text(facts, 'reference')} of ${money(facts, 'amount', format)} is in QuickBooks, but its invoices owed less by then. The rest stands there as the customer’s credit; nothing was lost or taken twice. Put the credit against another invoice in QuickBooks, or refund it.`,
      }
    case 'posting_differs':
      return {
        urgency: 'now', title: `QuickBooks holds the payment ${text(facts, 'reference')} otherwise than it was made`, actions: [dealtWith],
        text: `${text(facts, 'differs')} The customer paid ${money(facts, 'amount', format)}. Nothing was corrected in QuickBooks. Open the payment there, compare it with the reference, and put it right.`,
      }
    default:
      return driftWords(kind, facts, format) ?? booksWords(kind, facts)
  }
}

/** What the comparison of provider, ledger and QuickBooks found; null for what comes from elsewhere. */
function driftWords(kind: string, facts: Facts, format: Format): Words | null {
  switch (kind) {
    case 'charge_missing':
      return {
        urgency: 'now', title: `A payment of ${money(facts, 'amount', format)} is not with the payment provider`, actions: [dealtWith],
        text: `The payment ${text(facts, 'reference')} counts as paid here, but the provider does not hold its money (${text(facts, 'ref')} there). Nothing was changed. Look for it at the provider; if the customer was never charged, delete the payment in QuickBooks.`,
      }
    case 'ledger_differs':
      return {
        urgency: 'now', title: `Our own record of the payment ${text(facts, 'reference')} does not add up`, actions: [dealtWith],
        text: `Of the payment ${text(facts, 'reference')} of ${money(facts, 'amount', format)} we find: ${text(facts, 'what')}. Nothing was changed here, at the provider or in QuickBooks. Write to us and name the reference.`,
      }
    case 'posting_twice':
      return {
        urgency: 'now', title: `QuickBooks holds the payment ${text(facts, 'reference')} more than once`, actions: [dealtWith],
        text: `The customer paid ${money(facts, 'amount', format)} once, and QuickBooks has ${String(facts['count'])} payments with the reference ${text(facts, 'reference')}. Nothing was deleted there. Compare them in QuickBooks and delete what is too much; this question goes away by itself.`,
      }
    case 'posting_unknown':
      return {
        urgency: 'soon', title: `A payment of ${money(facts, 'amount', format)} in QuickBooks belongs to no payment here`, actions: [dealtWith],
        text: `It carries the reference ${text(facts, 'reference')}, as ours do, but neither we nor the payment provider know it (number ${text(facts, 'qboId')} in QuickBooks). Nothing was changed there. If nobody received this money, delete it in QuickBooks.`,
      }
    case 'work_late':
      return {
        urgency: 'soon', title: 'Some work here is late', actions: [dealtWith],
        text: `${sentenceStart(lateName(facts))} for over an hour. Nothing that is owed was dropped. This question goes away by itself when it is done; if it stays, write to us.`,
      }
    case 'recovering':
      return {
        urgency: 'now', title: 'Your data was restored from a backup', actions: [],
        text: 'Recent payments are being looked for at the payment provider and in QuickBooks. Until all of them have been found again, customers cannot pay and nothing is recorded in QuickBooks. This takes a few minutes and ends by itself; where QuickBooks has to be connected again, connect it in Settings.',
      }
    default:
      return null
  }
}

function lateName(facts: Facts): string {
  return facts['what'] === 'event' ? 'what QuickBooks told us has not been read' : `${effectName(text(facts, 'effect'))}, and nobody has tried`
}

function sentenceStart(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What is wrong in the books or in the connection, where no money waits. */
function booksWords(kind: string, facts: Facts): Words {
  switch (kind) {
    case 'company_locked':
      return {
        urgency: 'now', title: 'QuickBooks has locked your company', actions: [dealtWith],
        text: `QuickBooks answers: ${text(facts, 'message')}. Nothing new comes over, and payments wait here to be recorded. Check your subscription in QuickBooks; we look again every hour by ourselves.`,
      }
    case 'mail_refused':
      return {
        urgency: 'soon', title: `A mail to ${text(facts, 'to')} was not sent`, actions: [dealtWith],
        text: `The mail service refused ${facts['about'] === 'receipt' ? 'the receipt of a payment' : 'an invoice’s mail'}: ${ended(text(facts, 'reason'))} Nothing was delivered, and it is not tried again by itself. Check the address in QuickBooks${facts['about'] === 'receipt' ? '; the payment itself is not affected' : ', then send the invoice again'}.`,
      }
    case 'card_testing':
      return {
        urgency: 'now', title: 'Online payment is stopped: somebody may be testing stolen cards', actions: [{ name: 'resume', label: 'Take payments again', main: true }],
        text: `${String(facts['refused'])} of ${String(facts['ended'])} payments within ten minutes were refused, far more than customers cause. No customer can pay online until you let them; what was paid before is not affected. Look at the refused payments at the payment provider, and end links that are misused before you go on.`,
      }
    case 'effect_stuck':
      return {
        urgency: 'now', title: `Something could not be done: ${effectName(text(facts, 'effect'))}`, actions: [tryAgain, dealtWith],
        text: 'It was tried again and again and failed in a way that nobody foresaw. Nothing that is owed was dropped. Try again; if it stays, write to us.',
      }
    case 'unreadable_document':
      return {
        urgency: 'soon', title: `${documentName(text(facts, 'entity'))} in QuickBooks could not be read`, actions: [dealtWith],
        text: `Something in it cannot be understood (number ${text(facts, 'qboId')} in QuickBooks: ${text(facts, 'reason')}), so it was left out and its customer does not see it. Everything else came over. Open it in QuickBooks and save it again; it comes over by itself.`,
      }
    case 'books_differ':
      return {
        urgency: 'soon', title: 'Some balances here differ from QuickBooks', actions: [{ name: 'import', label: 'Import everything again', main: true }, dealtWith],
        text: `The nightly comparison read what differs once more, and it still does not add up to what QuickBooks says${customerNames(facts)}. Nothing was changed in QuickBooks, and every payment still reads the balance there first. Import everything again; if it stays, write to us.`,
      }
    default:
      return { urgency: 'soon', title: 'Something needs a look', actions: [dealtWith], text: `Nothing was done about it by itself (${kind.replaceAll('_', ' ')}).` }
  }
}

function blocked(facts: Facts, format: Format): Words {
  const title = `A payment of ${money(facts, 'amount', format)} is not in QuickBooks`
  const byHand = `If you record it there yourself, write ${text(facts, 'reference')} as its reference number, and it is known again.`
  const recorded = { name: 'recorded', label: 'I recorded it myself', main: false }
  if (closedBooks.includes(text(facts, 'code')))
    return {
      urgency: 'now', title, actions: [{ name: 'post_today', label: 'Record it with today’s date', main: true }, { ...tryAgain, main: false }, recorded],
      text: `The books of its day are closed, so QuickBooks took nothing. ${isSafe} Open that period in QuickBooks and try again, or record it with today’s date. ${byHand}`,
    }
  return { urgency: 'now', title, actions: [tryAgain, recorded], text: `QuickBooks refused it: ${ended(text(facts, 'problem'))} ${isSafe} Nothing was written to QuickBooks. Put right what it asks for, then try again. ${byHand}` }
}

function undone(facts: Facts, format: Format): Words {
  const what = text(facts, 'what')
  const name = `the payment ${text(facts, 'reference')} of ${money(facts, 'amount', format)}`
  if (what === 'changed')
    return { urgency: 'now', title: 'A recorded payment was changed in QuickBooks', actions: [dealtWith], text: `Somebody gave ${name} another amount in QuickBooks. The customer’s money is what it was, and nothing was changed back. Compare the two and put right the one that is wrong.` }
  return {
    urgency: 'now', title: `A payment was ${what} in QuickBooks`, actions: [{ name: 'post_again', label: 'Record it again', main: true }, { name: 'done', label: `Leave it ${what}`, main: false }],
    text: `Somebody ${what} ${name} in QuickBooks. ${isSafe} It was not recorded a second time: record it again if that was a mistake, or leave it if you refunded the customer or recorded the money otherwise.`,
  }
}

/** ": Harbour Coffee, Northlight Dental and 3 more" */
function customerNames(facts: Facts): string {
  const { customers, customersCount } = facts
  const names = Array.isArray(customers) ? customers.flatMap((row: unknown) => (typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string' ? [row.name] : [])).slice(0, 3) : []
  const more = typeof customersCount === 'number' ? customersCount - names.length : 0
  return names.length === 0 ? '' : `: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function effectName(effect: string): string {
  switch (effect) {
    case 'post_payment':
      return 'a payment is not in QuickBooks'
    case 'watch_payment':
    case 'take_stripe_event':
      return 'the payment provider was not heard about a payment'
    case 'send_mail':
      return 'a mail was not sent'
    default:
      return 'QuickBooks was not read'
  }
}

function documentName(entity: string): string {
  switch (entity) {
    case 'Invoice':
      return 'An invoice'
    case 'CreditMemo':
      return 'A credit memo'
    default:
      return `A ${entity.toLowerCase()}`
  }
}

function money(facts: Facts, name: string, format: Format): string {
  const amount = facts[name]
  const code = facts['currency']
  return typeof amount === 'number' && typeof code === 'string' ? format.money(minor(amount), currency(code)).text : 'an unknown amount'
}

function text(facts: Facts, name: string): string {
  const fact = facts[name]
  return typeof fact === 'string' ? fact : ''
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
