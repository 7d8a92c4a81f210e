/** The inside of the Payment Element's frame: the card's fields, and the only place that ever sees what is typed in them. */
import { brandOf, cvcError, digitsOf, expiryError, numberError, postalCountries, postalError, readExpiry, writeExpiry, writeNumber } from './card-fields.js'

const at = id => document.getElementById(id)
const fields = ['number', 'expiry', 'cvc', 'postal']
const shown = { port: null, setup: null, session: null, lastChange: '' }

window.addEventListener('message', message => {
  if (message.source !== window.parent || message.data?.stripe !== 'frame' || shown.port) return
  shown.port = message.ports[0]
  shown.port.addEventListener('message', heard => hear(heard.data))
  shown.port.start()
  void begin(message.data.setup)
})

async function begin(setup) {
  apply(setup)
  const { object, error } = await callApi(`/v1/elements/sessions?${sessionQuery(setup)}`)
  if (error) return tell('loaderror', { error })
  shown.session = object
  showSaved(object.saved_payment_methods)
  at('save-field').hidden = !object.can_save
  at('form').hidden = false
  new ResizeObserver(() => tell('height', document.documentElement.scrollHeight)).observe(document.body)
  listen()
  tell('height', document.body.scrollHeight)
  tell('ready', {})
}

function sessionQuery(setup) {
  const query = new URLSearchParams({ 'type': 'deferred_intent', 'deferred_intent[mode]': setup.mode, 'deferred_intent[amount]': setup.amount, 'deferred_intent[currency]': setup.currency })
  for (const type of setup.allowedPaymentMethodTypes ?? []) query.append('deferred_intent[allowed_payment_method_types][]', type)
  if (setup.customerSessionClientSecret) query.set('customer_session_client_secret', setup.customerSessionClientSecret)
  return query
}

/** What the page may change at any time: looks, hidden fields, defaults. */
function apply(setup) {
  shown.setup = setup
  const { theme, variables = {} } = setup.appearance ?? {}
  document.documentElement.dataset.theme = theme ?? 'stripe'
  document.documentElement.lang = /^[a-z]{2}/.test(setup.locale) && setup.locale !== 'auto' ? setup.locale : 'en'
  const names = { colorPrimary: '--primary', colorText: '--text', colorBackground: '--background', colorDanger: '--danger', borderRadius: '--radius', fontFamily: '--font', fontSizeBase: '--size', spacingUnit: '--space' }
  for (const [option, property] of Object.entries(names)) {
    if (variables[option] !== undefined) document.documentElement.style.setProperty(property, variables[option])
  }
  const billing = setup.element.fields?.billingDetails
  const address = billing === 'never' ? 'never' : billing?.address
  at('country-field').hidden = address === 'never' || address?.country === 'never'
  const defaults = setup.element.defaultValues?.billingDetails?.address ?? {}
  if (defaults.country && at('country').value === 'US' && [...at('country').options].some(o => o.value === defaults.country)) at('country').value = defaults.country
  if (defaults.postal_code && at('postal').value === '') at('postal').value = defaults.postal_code
  for (const id of [...fields, 'country']) at(id).disabled = setup.element.readOnly === true
  at('terms').hidden = setup.element.terms?.card !== 'always'
  at('terms').textContent = `By providing your card information, you allow ${setup.element.business?.name ?? 'this business'} to charge your card for future payments in accordance with their terms.`
  showPostal()
}

function showPostal() {
  const billing = shown.setup.element.fields?.billingDetails
  const address = billing === 'never' ? 'never' : billing?.address
  const hidden = address === 'never' || address?.postalCode === 'never'
  at('postal-field').hidden = hidden || !postalCountries.includes(at('country').value)
  at('postal-label').textContent = at('country').value === 'US' ? 'ZIP code' : 'Postal code'
}

function showSaved(methods) {
  at('saved').hidden = methods.length === 0
  const choices = [...methods.map(m => [m.id, `${m.card.brand[0].toUpperCase()}${m.card.brand.slice(1)} ending in ${m.card.last4}`]), ['new', 'New card']]
  for (const [value, words] of choices) {
    const label = document.createElement('label')
    label.className = 'choice'
    const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'method', value })
    radio.checked = value === choices[0][0]
    label.append(radio, ` ${words}`)
    at('saved').append(label)
  }
  showCard()
}

const savedChoice = () => {
  const chosen = document.querySelector('input[name=method]:checked')?.value
  return chosen === undefined || chosen === 'new' ? null : chosen
}

function showCard() {
  at('card').hidden = savedChoice() !== null
}

function listen() {
  typing('number', text => writeNumber(text))
  typing('expiry', (text, erasing) => writeExpiry(text, erasing))
  typing('cvc', text => digitsOf(text).slice(0, brandOf(at('number').value).cvc))
  typing('postal', text => text)
  for (const id of fields) at(id).addEventListener('blur', () => at(id).value !== '' && showError(id))
  at('country').addEventListener('change', () => {
    showPostal()
    changed()
  })
  at('saved').addEventListener('change', () => {
    showCard()
    changed()
  })
  at('save').addEventListener('change', changed)
  document.addEventListener('focusin', event => event.relatedTarget === null && tell('focus', {}))
  document.addEventListener('focusout', event => event.relatedTarget === null && tell('blur', {}))
  document.addEventListener('keydown', event => event.key === 'Escape' && tell('escape', {}))
  at('form').addEventListener('submit', event => event.preventDefault())
}

/** Rewrites a field as it is typed in and keeps the caret after the same digit. */
function typing(id, write) {
  const input = at(id)
  input.addEventListener('input', event => {
    const before = digitsOf(input.value.slice(0, input.selectionStart)).length
    const atEnd = input.selectionStart === input.value.length
    input.value = write(input.value, event.inputType?.startsWith('delete') ?? false)
    if (!atEnd) {
      let place = 0
      for (let digits = 0; place < input.value.length && digits < before; place += 1) if (/\d/.test(input.value[place])) digits += 1
      input.setSelectionRange(place, place)
    }
    clearError(id)
    changed()
  })
}

function errorOf(id) {
  switch (id) {
    case 'number':
      return numberError(at('number').value)
    case 'expiry':
      return expiryError(at('expiry').value, new Date())
    case 'cvc':
      return cvcError(at('cvc').value, at('number').value)
    default:
      return at('postal-field').hidden ? null : postalError(at('postal').value, at('country').value)
  }
}

function showError(id) {
  const error = errorOf(id)
  at(id).setAttribute('aria-invalid', String(error !== null))
  at(`${id}-error`).textContent = error?.message ?? ''
  return error
}

function clearError(id) {
  at(id).removeAttribute('aria-invalid')
  at(`${id}-error`).textContent = ''
}

function changed() {
  const saved = savedChoice()
  const detail = {
    empty: saved === null && fields.every(id => at(id).value === ''),
    complete: saved !== null || fields.every(id => errorOf(id) === null),
    collapsed: false,
    value: { type: 'card', ...(saved === null ? { savePaymentMethod: at('save').checked } : { payment_method: shown.session.saved_payment_methods.find(m => m.id === saved) }) },
  }
  tell('change', detail)
  const brand = brandOf(at('number').value).name
  if (brand !== shown.lastChange) tell('carddetailschange', { loading: false, details: { brands: brand === 'unknown' ? null : [brand], funding: null } })
  shown.lastChange = brand
}

async function hear({ verb, id, payload, setup }) {
  switch (verb) {
    case 'update':
      return apply(setup)
    case 'focus':
      return at('number').focus()
    case 'blur':
      return document.activeElement?.blur()
    case 'clear':
      for (const field of fields) {
        at(field).value = ''
        clearError(field)
      }
      return changed()
    case 'submit':
      return shown.port.postMessage({ reply: id, answer: submit() }, [])
    case 'token':
      return shown.port.postMessage({ reply: id, answer: await makeToken(payload) }, [])
  }
}

function submit() {
  if (savedChoice() !== null) return { selectedPaymentMethod: 'card' }
  const wrong = fields.map(id => [id, showError(id)]).filter(([, error]) => error !== null)
  if (wrong.length === 0) return { selectedPaymentMethod: 'card' }
  at(wrong[0][0]).focus()
  return { error: wrong[0][1] }
}

async function makeToken(params) {
  const { setup } = shown
  const body = new URLSearchParams({ 'use_stripe_sdk': 'true', 'client_context[mode]': setup.mode, 'client_context[amount]': setup.amount, 'client_context[currency]': setup.currency })
  if (setup.customerSessionClientSecret) body.set('customer_session_client_secret', setup.customerSessionClientSecret)
  if (setup.setupFutureUsage) body.set('setup_future_usage', setup.setupFutureUsage)
  for (const name of ['return_url', 'shipping', 'metadata']) spread(body, name, params[name])
  if (savedChoice() !== null) body.set('payment_method', savedChoice())
  else spread(body, 'payment_method_data', methodData(params.payment_method_data ?? {}))
  const { object, error } = await callApi('/v1/confirmation_tokens', { method: 'POST', body })
  if (error?.param && ['number', 'cvc'].includes(error.param)) at(`${error.param}-error`).textContent = error.message
  return error ? { error } : { token: object }
}

function methodData(given) {
  const { month, year } = readExpiry(at('expiry').value)
  const address = { country: at('country-field').hidden ? undefined : at('country').value, postal_code: at('postal-field').hidden ? undefined : at('postal').value }
  return {
    ...given,
    type: 'card',
    card: { number: digitsOf(at('number').value), exp_month: month, exp_year: year, cvc: at('cvc').value },
    ...(at('save').checked ? { allow_redisplay: 'always' } : {}),
    billing_details: { ...given.billing_details, address: { ...address, ...given.billing_details?.address } },
  }
}

/** Writes nested values in Stripe's bracket notation. */
function spread(body, name, value) {
  if (value === undefined || value === null) return
  if (typeof value !== 'object') return body.set(name, String(value))
  for (const [key, inner] of Object.entries(value)) spread(body, `${name}[${key}]`, inner)
}

async function callApi(path, request = {}) {
  const { key, account } = shown.setup
  try {
    const answer = await fetch(path, { ...request, headers: { Authorization: `Bearer ${key}`, ...(account ? { 'Stripe-Account': account } : {}) } })
    const read = await answer.json()
    return read.error ? { error: read.error } : { object: read }
  } catch (error) {
    return { error: { type: 'api_connection_error', message: `We are experiencing issues connecting to our payments provider. Please check your internet connection and try again. (${error.message})` } }
  }
}

function tell(event, detail) {
  shown.port.postMessage({ event, detail }, [])
}
