/** "dark" or "light", as the element asks, or as the page around it is. */
export function themeOf(element: Element): string {
  const asked = element.getAttribute('theme')
  if (asked === 'dark' || asked === 'light') return asked
  const around = element.parentElement ?? document.documentElement
  const scheme = getComputedStyle(around).colorScheme
  if (scheme.includes('dark')) return !scheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  for (let at: Element | null = around; at; at = at.parentElement) {
    const [red = 0, green = 0, blue = 0, opacity = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? []
    if (opacity > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 'dark' : 'light'
  }
  return 'light'
}
