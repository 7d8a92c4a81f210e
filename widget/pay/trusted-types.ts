type Policies = { defaultPolicy: object | null; createPolicy(name: 'default', rules: { createScriptURL(url: string): string | null; createHTML(text: string): string | null }): unknown }

/** Elements that run or fetch a script, and attributes that hold one. */
const active = /<\s*\/?\s*(script|iframe|frame|object|embed|base|meta|link|form)\b|\bon\w+\s*=|javascript:/i

/**
 * Where the page requires Trusted Types, says what the provider's script may do in it: load more from its own origin, and write plain markup.
 * Text is never taken for a script. Stripe asks for a policy of this name (docs.stripe.com/security/guide, "Content security policy").
 */
export function trustScriptsOf(scriptUrl: string): void {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies }
  if (!trustedTypes || trustedTypes.defaultPolicy) return
  const own = [location.origin, new URL(scriptUrl).origin]
  trustedTypes.createPolicy('default', {
    createScriptURL: url => (own.includes(new URL(url, location.href).origin) ? url : null),
    createHTML: text => (active.test(text) ? null : text),
  })
}
