import Stripe from 'stripe';
import type { PaymentFailure } from '../payment-provider.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';

/** What an error of Stripe's says of a request. */
export type StripeFailure =
  /** It was refused before anything was done. */
  | { readonly kind: 'refused'; readonly failure: PaymentFailure }
  /**
   * What is remembered under the request's key is no answer to it: it was another request's, or the answer is an error of
   * Stripe's own, which is repeated for a day. What came of it has to be looked up.
   */
  | { readonly kind: 'look_up'; readonly error: ProviderUnavailable }
  /** Nothing is known: to be asked again. */
  | { readonly kind: 'unknown'; readonly error: ProviderUnavailable };

const MESSAGES: Readonly<Record<string, string>> = {
  amount_too_small: 'The amount is less than what can be charged in this currency.',
  amount_too_large: 'The amount is more than what can be charged at once.',
};
const UNUSABLE = "This payment method can't be charged. Please use another one.";

/** @throws what isn't an error of Stripe's */
export function stripeFailure(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const unavailable = unavailableBy(error);
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'look_up', error: unavailable };
  // A key that is in use by another request is a 409: that one is still at it.
  if (error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500) {
    return { kind: 'look_up', error: unavailable };
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    const code = error.code ?? 'invalid_request';
    // Stripe's own words are for whoever wrote the request, and may name objects of the seller's.
    return { kind: 'refused', failure: { code, message: MESSAGES[code] ?? UNUSABLE } };
  }
  return { kind: 'unknown', error: unavailable };
}

/** Does what only reads. @throws ProviderUnavailable where Stripe doesn't answer it */
export async function reading<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    throw unavailableBy(error);
  }
}

/** Without its cause, which carries what was answered, secrets of payments included, into logs. */
function unavailableBy({ message, requestId }: InstanceType<typeof Stripe.errors.StripeError>): ProviderUnavailable {
  const request = typeof requestId === 'string' ? ` (${requestId})` : '';
  return new ProviderUnavailable(`Stripe: ${message}${request}`);
}
