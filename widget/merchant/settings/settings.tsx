import { ApiKeys } from './api-keys.tsx'
import { Appearance } from './appearance.tsx'
import { ConnectionSettings } from './connection.tsx'
import { PaymentSettings } from './payments.tsx'
import { Publishing } from './publishing.tsx'
import { Website } from './website.tsx'

/** Everything that is decided once. Each part saves by itself. */
export function Settings() {
  return (
    <div class="settings">
      <ConnectionSettings />
      <Publishing />
      <PaymentSettings />
      <Website />
      <Appearance />
      <ApiKeys />
    </div>
  )
}
