import type { World } from '../world.ts'
import type { StripeApp } from '../wire/route.ts'

/** Serves the stand-in for Stripe.js and its frames. */
export function mountStripeJs(_app: StripeApp, _world: World): void {}
