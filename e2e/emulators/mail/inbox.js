// Brings the list up to date when mail comes, so that nobody has to reload the page.
const events = new EventSource('/inbox/events')
let connectedBefore = false

events.addEventListener('change', () => void refresh())
events.addEventListener('open', () => {
  // After a break something may have come unheard.
  if (connectedBefore) void refresh()
  connectedBefore = true
})

async function refresh() {
  const response = await fetch(location.href)
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  const [before, now] = [document.getElementById('list'), fresh.getElementById('list')]
  if (!before || !now) return
  const known = new Set([...before.querySelectorAll('a')].map(link => link.pathname))
  const focused = document.activeElement?.getAttribute('href')
  before.replaceWith(document.importNode(now, true))
  document.title = fresh.title
  if (focused) document.querySelector(`#list a[href="${CSS.escape(focused)}"]`)?.focus()
  const arrived = [...document.querySelectorAll('#list a')].find(link => !known.has(link.pathname))
  if (arrived) document.getElementById('news').textContent = `New mail: ${arrived.querySelector('.subject').textContent}`
}
