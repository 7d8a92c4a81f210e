import type { Client } from './client.ts'
import { invoicePath } from './live.ts'

/**
 * Tells the API that a person looks at an invoice, as soon as somebody has touched the page or its keys: programs that open the links
 * of a mail run its scripts, too. Nobody waits for the answer. Returns what takes it back.
 */
export function tellView(client: Client, id: string): () => void {
  const deed = new AbortController()
  const tell = () => {
    deed.abort()
    void client.send('POST', `${invoicePath(id)}/views`)
  }
  // Older browsers do not say whether somebody has.
  if ((navigator as Partial<Navigator>).userActivation?.hasBeenActive) tell()
  else for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, tell, { signal: deed.signal })
  return () => deed.abort()
}
