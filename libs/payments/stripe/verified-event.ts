import Stripe from 'stripe';

/** How old an event may be, in seconds: one that was recorded can't be sent again later. */
const TOLERANCE_S = 300;

/** The event, if it was signed with one of the secrets, which are several while a secret is rolled; null: it wasn't. */
export function verifiedEvent(rawBody: Buffer, signature: string, secrets: readonly string[]): Stripe.Event | null {
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_S);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    }
  }
  return null;
}
