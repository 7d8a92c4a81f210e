/** The bank's page of 3-D Secure: passes or fails the payment it was opened for, then goes back where it came from. */
const query = new URLSearchParams(location.search)
const id = query.get('payment_intent')
const clientSecret = query.get('client_secret')
const headers = { 'Authorization': `Bearer ${query.get('key')}`, ...(query.has('account') ? { 'Stripe-Account': query.get('account') } : {}) }

const intent = await ask(`/v1/payment_intents/${id}?client_secret=${encodeURIComponent(clientSecret)}`)
if (intent.error) say(intent.error.message)
else document.getElementById('amount').textContent = new Intl.NumberFormat('en', { style: 'currency', currency: intent.currency }).format(intent.amount / 100)

for (const outcome of ['complete', 'fail']) document.getElementById(outcome).addEventListener('click', () => void answer(outcome))
document.getElementById('complete').focus()

async function answer(outcome) {
  for (const button of document.querySelectorAll('button')) button.disabled = true
  const body = new URLSearchParams({ client_secret: clientSecret, outcome })
  const result = await ask(`/endive/challenge/${id}`, { method: 'POST', body })
  if (result.error && result.error.code !== 'payment_intent_unexpected_state') {
    for (const button of document.querySelectorAll('button')) button.disabled = false
    return say(result.error.message)
  }
  leave(result.status === 'succeeded' ? 'succeeded' : 'failed')
}

function leave(status) {
  if (!query.has('return_url')) return window.parent.postMessage({ stripe: 'challenge-done' }, '*')
  const back = new URL(query.get('return_url'))
  if (!/^https?:$/.test(back.protocol)) return say('The return address is no web address.')
  back.searchParams.set('payment_intent', id)
  back.searchParams.set('payment_intent_client_secret', clientSecret)
  back.searchParams.set('redirect_status', status)
  location.assign(back)
}

async function ask(path, request = {}) {
  try {
    const answered = await fetch(path, { ...request, headers })
    return await answered.json()
  } catch (error) {
    return { error: { message: `The bank cannot be reached: ${error.message}` } }
  }
}

function say(words) {
  document.getElementById('problem').textContent = words
}
