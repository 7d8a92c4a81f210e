/**
 * A stand-in for Stripe.js (release train "endive") for the sandbox: the same calls, refusals and events as far as
 * paying with a PaymentIntent needs them. Card fields live in a frame of this script's own origin, and what is typed
 * there goes from that frame to the sandbox's API, never through the page.
 */
'use strict'
{
  const origin = new URL(document.currentScript.src).origin
  const replyTimeoutMs = 30_000

  const modeOptions = ['mode', 'amount', 'currency', 'setupFutureUsage', 'captureMethod', 'onBehalfOf', 'excludedPaymentMethodTypes', 'allowedPaymentMethodTypes', 'paymentMethodConfiguration', 'paymentMethodOptions', 'externalPaymentMethodTypes', 'adaptivePricing']
  const elementsOptions = [...modeOptions, 'fonts', 'locale', 'appearance', 'loader', 'customerOptions', 'customerSessionClientSecret', 'customPaymentMethods', 'syncAddressCheckbox', 'paymentMethodCreation']
  const updateOptions = ['locale', 'fonts', 'appearance', 'mode', 'currency', 'amount', 'setupFutureUsage', 'captureMethod', 'excludedPaymentMethodTypes', 'allowedPaymentMethodTypes', 'paymentMethodConfiguration', 'onBehalfOf', 'customerSessionClientSecret', 'customPaymentMethods']
  const paymentOptions = ['defaultValues', 'business', 'paymentMethodOrder', 'fields', 'readOnly', 'terms', 'wallets', 'walletOptions', 'layout', 'applePay']
  const constructorOptions = ['stripeAccount', 'apiVersion', 'locale', 'betas', 'developerTools']

  /** A mistake of the page's author, as opposed to one of the payer. */
  class IntegrationError extends Error {
    name = 'IntegrationError'
  }

  /** @param {Record<string, unknown>} given @param {readonly string[]} known @param {string} call */
  function refuseUnknown(given, known, call) {
    if (given === null || typeof given !== 'object') throw new IntegrationError(`Invalid value for ${call}: an object with options is expected.`)
    if ('paymentMethodTypes' in given || 'payment_method_types' in given) throw new IntegrationError(`Invalid value for ${call}: paymentMethodTypes is no longer supported. Use allowedPaymentMethodTypes instead.`)
    for (const name of Object.keys(given)) {
      if (!known.includes(name)) throw new IntegrationError(`Unrecognized ${call} parameter: ${name} is not a recognized parameter. This may cause issues with your integration in the future.`)
    }
  }

  /** @param {{ mode?: string, amount?: number, currency?: string }} options */
  function checkMode(options) {
    if (options.mode !== undefined && options.mode !== 'payment') throw new IntegrationError(`Invalid value for elements(): mode should be 'payment' in this sandbox. You specified: ${options.mode}.`)
    if (options.amount !== undefined && !(Number.isInteger(options.amount) && options.amount > 0)) throw new IntegrationError(`Invalid value for elements(): amount should be a positive integer in the currency's smallest unit. You specified: ${options.amount}.`)
    if (options.currency !== undefined && !/^[a-z]{3}$/.test(options.currency)) throw new IntegrationError(`Invalid value for elements(): currency should be three small letters. You specified: ${options.currency}.`)
  }

  /** Calls the sandbox's API with the publishable key. @param {{key: string, account?: string}} identity @param {string} path */
  async function askApi(identity, path) {
    const headers = { Authorization: `Bearer ${identity.key}`, ...(identity.account ? { 'Stripe-Account': identity.account } : {}) }
    try {
      const answer = await fetch(`${origin}${path}`, { headers })
      const body = await answer.json()
      return body.error ? { error: body.error } : { object: body }
    } catch (error) {
      return { error: { type: 'api_connection_error', message: `We are experiencing issues connecting to our payments provider. Please check your internet connection and try again. (${error.message})` } }
    }
  }

  /** @param {string} clientSecret */
  function intentIdOf(clientSecret) {
    const match = /^(pi_[a-z0-9]+)_secret_[a-z0-9]+$/.exec(clientSecret ?? '')
    if (!match) throw new IntegrationError(`Invalid value for stripe.retrievePaymentIntent intent secret: value should be a client secret of the form \${id}_secret_\${secret}. You specified: ${clientSecret}.`)
    return match[1]
  }

  /** Events by name, as every Element has them. */
  class Listeners {
    #byType = new Map()
    add(type, handler, once = false) {
      if (typeof handler !== 'function') throw new IntegrationError(`Invalid value for on(): a handler for '${type}' is expected.`)
      this.#byType.set(type, [...(this.#byType.get(type) ?? []), { handler, once }])
    }
    remove(type, handler) {
      this.#byType.set(type, (this.#byType.get(type) ?? []).filter(entry => handler !== undefined && entry.handler !== handler))
    }
    tell(type, event) {
      for (const entry of this.#byType.get(type) ?? []) {
        if (entry.once) this.remove(type, entry.handler)
        entry.handler(event)
      }
    }
  }

  /** @param {string | HTMLElement} place */
  function findContainer(place) {
    if (place === undefined || place === null || place === '') throw new IntegrationError('Missing argument. Make sure to call mount() with a valid DOM element or selector.')
    if (typeof place === 'string') {
      const found = document.querySelectorAll(place)
      if (found.length === 0) throw new IntegrationError(`The selector you specified (${place}) applies to no DOM elements that are currently on the page.\nMake sure the element exists on the page before calling mount().`)
      if (found.length > 1) console.warn(`The selector you specified (${place}) applies to ${found.length} DOM elements that are currently on the page. The Stripe Element will be mounted to the first one.`)
      return found[0]
    }
    if (!(place instanceof HTMLElement) || place.ownerDocument !== document) throw new IntegrationError('Invalid DOM element. Make sure to call mount() with a valid DOM element or selector.')
    if (place.getRootNode() !== document) throw new IntegrationError('Elements cannot be mounted in a ShadowRoot. Please mount in the Light DOM.')
    return place
  }

  /** The Payment Element: a frame with the card's fields. */
  class PaymentElement {
    #identity
    #group
    #listeners = new Listeners()
    #frame = null
    #port = null
    #waiting = new Map()
    #replies = 0
    #destroyed = false

    constructor(identity, group, options) {
      this.#identity = identity
      this.#group = group
      this.options = options
    }
    get mounted() {
      return this.#port !== null && this.#frame.isConnected
    }
    mount(place) {
      this.#refuseDestroyed()
      const container = findContainer(place)
      if (this.#frame?.parentElement === container) return
      if (this.#frame) throw new IntegrationError('This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.')
      const frame = document.createElement('iframe')
      frame.src = `${origin}/endive/frame`
      frame.title = 'Secure payment input frame'
      frame.name = `__privateStripeFrame${Math.floor(performance.now())}`
      frame.allow = 'payment *; publickey-credentials-get *'
      Object.assign(frame.style, { border: '0', width: '100%', height: '0', display: 'block', colorScheme: 'light only' })
      frame.addEventListener('load', () => this.#connect(frame))
      container.replaceChildren(frame)
      container.classList.add('StripeElement')
      this.#frame = frame
      this.#listeners.tell('loaderstart', { elementType: 'payment' })
    }
    unmount() {
      this.#refuseDestroyed()
      this.#frame?.parentElement?.classList.remove('StripeElement')
      this.#frame?.remove()
      this.#port?.close()
      this.#frame = null
      this.#port = null
    }
    destroy() {
      this.unmount()
      this.#destroyed = true
      this.#group.forget()
    }
    update(options) {
      this.#refuseDestroyed()
      refuseUnknown(options, paymentOptions, 'update()')
      Object.assign(this.options, options)
      this.#port?.postMessage({ verb: 'update', setup: this.#setup() }, [])
      return this
    }
    refresh() {
      this.#port?.postMessage({ verb: 'update', setup: this.#setup() }, [])
    }
    focus() {
      this.#port?.postMessage({ verb: 'focus' }, [])
    }
    blur() {
      this.#port?.postMessage({ verb: 'blur' }, [])
    }
    clear() {
      this.#port?.postMessage({ verb: 'clear' }, [])
    }
    collapse() {
      return this
    }
    on(type, handler) {
      this.#listeners.add(type, handler)
      return this
    }
    once(type, handler) {
      this.#listeners.add(type, handler, true)
      return this
    }
    off(type, handler) {
      this.#listeners.remove(type, handler)
      return this
    }
    /** Asks the frame and waits for its answer. */
    ask(verb, payload) {
      if (!this.mounted) throw new IntegrationError(`${verb === 'token' ? 'stripe.createConfirmationToken' : 'elements.submit'}(): we could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.`)
      const id = ++this.#replies
      this.#port.postMessage({ verb, id, payload }, [])
      return new Promise(resolve => {
        const late = setTimeout(() => resolve({ error: { type: 'api_connection_error', message: 'The payment frame did not answer.' } }), replyTimeoutMs)
        this.#waiting.set(id, answer => {
          clearTimeout(late)
          resolve(answer)
        })
      })
    }
    #setup() {
      return { ...this.#identity, ...this.#group.options, element: this.options }
    }
    #connect(frame) {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', message => this.#hear(message.data))
      port1.start()
      this.#port = port1
      frame.contentWindow.postMessage({ stripe: 'frame', setup: this.#setup() }, origin, [port2])
    }
    #hear({ reply, answer, event, detail }) {
      if (reply !== undefined) {
        this.#waiting.get(reply)?.(answer)
        this.#waiting.delete(reply)
        return
      }
      if (event === 'height') {
        if (this.#frame) this.#frame.style.height = `${detail}px`
        return
      }
      if (event === 'change') this.#group.touched()
      this.#listeners.tell(event, { elementType: 'payment', ...detail })
    }
    #refuseDestroyed() {
      if (this.#destroyed) throw new IntegrationError('This Element has already been destroyed. Please create a new one.')
    }
  }

  /** What `stripe.elements()` gives. */
  class Elements {
    #identity
    #element = null
    #submitted = false
    constructor(identity, options) {
      refuseUnknown(options, elementsOptions, 'elements()')
      if (options.mode === undefined) throw new IntegrationError('In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group. This sandbox carries mode: "payment".')
      checkMode(options)
      if (options.amount === undefined || options.currency === undefined) throw new IntegrationError('Invalid value for elements(): amount and currency are required in payment mode.')
      this.#identity = identity
      this.options = { ...options }
    }
    create(type, options = {}) {
      if (type !== 'payment') throw new IntegrationError(`A valid Element name must be provided. This sandbox carries: payment. You passed: ${type}.`)
      if (this.#element) throw new IntegrationError('Can only create one Element of type payment.')
      refuseUnknown(options, paymentOptions, 'create()')
      this.#element = new PaymentElement(this.#identity, this, { ...options })
      return this.#element
    }
    getElement(type) {
      return type === 'payment' ? this.#element : null
    }
    update(options) {
      refuseUnknown(options, updateOptions, 'elements.update()')
      checkMode(options)
      Object.assign(this.options, options)
      this.#element?.refresh()
      return Promise.resolve()
    }
    fetchUpdates() {
      return Promise.resolve({})
    }
    /** Shows what is still wrong in the fields. */
    async submit() {
      if (!this.#element) throw new IntegrationError('elements.submit(): create and mount a Payment Element first.')
      const answer = await this.#element.ask('submit')
      this.#submitted = answer.error === undefined
      return answer
    }
    /** Lets the frame make a confirmation token of what was typed. */
    async token(params = {}) {
      refuseUnknown(params, ['payment_method_data', 'shipping', 'return_url', 'metadata'], 'stripe.createConfirmationToken() params')
      if (!this.#submitted) throw new IntegrationError('elements.submit() must be called before stripe.createConfirmationToken(). Call elements.submit() as soon as your customer presses pay, prior to any asynchronous work.')
      demandHidden(this.#element.options.fields?.billingDetails, params.payment_method_data?.billing_details)
      const answer = await this.#element.ask('token', params)
      return answer.error ? { error: answer.error } : { confirmationToken: answer.token }
    }
    touched() {
      this.#submitted = false
    }
    forget() {
      this.#element = null
      this.#submitted = false
    }
  }

  /** A field that the page told the frame not to show must come from the page. */
  function demandHidden(fields, given) {
    const address = fields === 'never' ? 'never' : fields?.address
    for (const [option, param] of [['country', 'country'], ['postalCode', 'postal_code']]) {
      const hidden = address === 'never' || address?.[option] === 'never'
      if (hidden && given?.address?.[param] === undefined) throw new IntegrationError(`You specified "never" for fields.billing_details.address.${param} when creating the payment Element, but did not pass params.payment_method_data.billing_details.address.${param} when calling stripe.createConfirmationToken().`)
    }
  }

  /** Shows the bank's page over the whole window until the payer is done with it. @param {string} url */
  function showChallenge(url) {
    const frame = document.createElement('iframe')
    frame.src = url
    frame.title = '3D Secure authentication'
    Object.assign(frame.style, { position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0', zIndex: '2147483647', colorScheme: 'light only' })
    // A modal dialog of the page lies above everything else, so the frame goes inside it.
    const home = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body
    home.append(frame)
    return new Promise(resolve => {
      const hear = message => {
        if (message.source !== frame.contentWindow || message.origin !== origin || message.data?.stripe !== 'challenge-done') return
        window.removeEventListener('message', hear)
        frame.remove()
        resolve()
      }
      window.addEventListener('message', hear)
    })
  }

  /** @param {string} publishableKey @param {{stripeAccount?: string, locale?: string}} [options] */
  function Stripe(publishableKey, options = {}) {
    if (typeof publishableKey !== 'string' || publishableKey === '') throw new IntegrationError('Please call Stripe() with your publishable key. You used an empty string.')
    if (/^[sr]k_/.test(publishableKey)) throw new IntegrationError('You should not use your secret key with Stripe.js.\nPlease pass a publishable key instead.')
    if (!/^pk_(test|live)_/.test(publishableKey)) throw new IntegrationError('Please call Stripe() with a publishable key, which begins with pk_test_ or pk_live_.')
    refuseUnknown(options, constructorOptions, 'Stripe()')
    const identity = { key: publishableKey, account: options.stripeAccount, locale: options.locale ?? 'auto' }

    const retrievePaymentIntent = async clientSecret => {
      const { object, error } = await askApi(identity, `/v1/payment_intents/${intentIdOf(clientSecret)}?client_secret=${encodeURIComponent(clientSecret)}`)
      return error ? { error } : { paymentIntent: object }
    }
    return {
      elements: elementsConfig => new Elements(identity, elementsConfig ?? {}),
      retrievePaymentIntent,
      async createConfirmationToken({ elements, params } = {}) {
        if (!(elements instanceof Elements)) throw new IntegrationError('stripe.createConfirmationToken(): pass the elements that stripe.elements() gave.')
        return elements.token(params)
      },
      async handleNextAction({ clientSecret } = {}) {
        const before = await retrievePaymentIntent(clientSecret)
        if (before.error) return before
        if (before.paymentIntent.status !== 'requires_action') throw new IntegrationError('handleNextAction: The PaymentIntent supplied is not in the requires_action state.')
        const action = before.paymentIntent.next_action
        if (action.type === 'redirect_to_url') {
          window.location.assign(action.redirect_to_url.url)
          return new Promise(() => {})
        }
        await showChallenge(action.use_stripe_sdk.stripe_js)
        const after = await retrievePaymentIntent(clientSecret)
        if (after.error || after.paymentIntent.status !== 'requires_payment_method') return after
        return { error: { ...after.paymentIntent.last_payment_error, payment_intent: after.paymentIntent } }
      },
    }
  }
  Stripe.version = 'endive'
  window.Stripe = Stripe
}
