import { loadStripe } from '@stripe/stripe-js/dist/pure.mjs'
import type { Appearance, Stripe, StripeElements } from '@stripe/stripe-js'
import type { CheckoutView } from '../../api/domain/views.ts'
import { trustScriptsOf } from './trusted-types.ts'

/** The provider's own form, where every card field lives. */
export type CardForm = {
  /** What the payer filled in, as a token that the server may charge once; or why not, `null` where the form itself says so. */
  token(): Promise<{ token: string } | { fault: string | null }>
  /** Lets the payer confirm with their bank. How it went is asked of the server, never taken from here. */
  confirm(clientSecret: string): Promise<void>
  setAmount(amount: number): void
  focus(): void
}

export type CardFormEvents = { ready(): void; failed(): void; escape(): void }

const scriptTriesMax = 2
const scriptTimeoutMs = 20_000

/** Mounts Stripe's Payment Element. Throws when Stripe's script cannot be loaded, after one more try. */
export async function openCardForm(view: CheckoutView, place: HTMLElement, dark: boolean, events: CardFormEvents): Promise<CardForm> {
  const settings = view.stripe
  if (!settings) throw new Error('This checkout takes no cards.')
  trustScriptsOf(settings.scriptUrl)
  await loadScript(settings.scriptUrl)
  // The package finds the script that is there, checks its version and makes itself known to it.
  const stripe = await loadStripe(settings.publishableKey, settings.stripeAccount ? { stripeAccount: settings.stripeAccount } : {})
  if (!stripe) throw new Error('Stripe.js loaded without starting.')
  const elements = stripe.elements({
    mode: 'payment',
    amount: view.total.amount,
    currency: view.total.currency.toLowerCase(),
    // The charge takes cards alone: a bank payment can come back after it succeeded, and nothing here awaits that yet.
    allowedPaymentMethodTypes: ['card'],
    appearance: appearanceOf(view, dark),
    ...(settings.customerSessionClientSecret && { customerSessionClientSecret: settings.customerSessionClientSecret }),
  })
  const element = elements.create('payment', { layout: 'tabs' })
  element.on('ready', events.ready)
  element.on('loaderror', events.failed)
  element.on('escape', events.escape)
  element.mount(place)
  return {
    token: async () => tokenOf(stripe, elements),
    confirm: async clientSecret => void (await stripe.handleNextAction({ clientSecret })),
    setAmount: amount => elements.update({ amount }),
    focus: () => element.focus(),
  }
}

async function tokenOf(stripe: Stripe, elements: StripeElements): Promise<{ token: string } | { fault: string | null }> {
  const submitted = await elements.submit()
  if (submitted.error) return { fault: submitted.error.type === 'validation_error' ? null : submitted.error.message ?? null }
  const { confirmationToken, error } = await stripe.createConfirmationToken({ elements, params: { return_url: location.href } })
  return confirmationToken ? { token: confirmationToken.id } : { fault: error.message ?? null }
}

async function loadScript(url: string): Promise<void> {
  for (let tries = 1; !('Stripe' in globalThis); tries++) {
    try {
      await loadOnce(url)
    } catch (error) {
      if (tries >= scriptTriesMax) throw error
    }
  }
}

async function loadOnce(url: string): Promise<void> {
  const script = document.createElement('script')
  script.src = url
  script.async = true
  const loaded = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('Stripe.js did not arrive in time.')), scriptTimeoutMs)
    script.addEventListener('load', () => { clearTimeout(late); resolve() })
    script.addEventListener('error', () => { clearTimeout(late); reject(new Error('Stripe.js could not be loaded.')) })
  })
  document.head.append(script)
  try {
    await loaded
    if (!('Stripe' in globalThis)) throw new Error('Stripe.js loaded without starting.')
  } catch (error) {
    script.remove()
    throw error
  }
}

function appearanceOf(view: CheckoutView, dark: boolean): Appearance {
  const hex = /^#[\da-f]{6}$/i.exec(view.merchant.accent ?? '')?.[0]
  return {
    theme: dark ? 'night' : 'stripe',
    variables: { borderRadius: '8px', fontSizeBase: '15px', fontFamily: 'system-ui, sans-serif', ...(hex && { colorPrimary: hex }) },
  }
}
