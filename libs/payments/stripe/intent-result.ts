import type Stripe from 'stripe';
import { amountOfMinorUnits } from '../minor-units.ts';
import type { Money, PaymentFailure, PaymentResult } from '../payment-provider.ts';

/** Why we cancel an intent whose customer has to act: a Checkout page takes its place. */
export const REPLACED = 'duplicate';

const CANCELED: PaymentFailure = { code: 'canceled', message: 'The payment was canceled, or not completed in time.' };
const DECLINED: PaymentFailure = { code: 'card_declined', message: 'Your card was declined.' };

export function failedAs(reference: string | null, failure: PaymentFailure): PaymentResult {
  return { status: 'failed', reference, failure };
}

export function canceled(reference: string | null): PaymentResult {
  return failedAs(reference, CANCELED);
}

/** How a payment intent stands; null: it is between two states, and nothing is known yet. */
export function intentResult(intent: Stripe.PaymentIntent): PaymentResult | null {
  const { id, status, currency } = intent;
  if (status === 'succeeded')
    return { status: 'succeeded', reference: id, paid: stripeMoney(intent.amount_received, currency) };
  if (status === 'processing') return { status: 'processing', reference: id };
  if (needsCustomer(intent)) {
    return { status: 'requires_action', reference: id, actionUrl: intent.next_action?.redirect_to_url?.url ?? null };
  }
  if (status === 'canceled') return canceled(id);
  const error = intent.last_payment_error;
  return status === 'requires_payment_method' && error !== null ? failedAs(id, declineFailure(error)) : null;
}

/**
 * Whether only the customer can complete the payment. A payment without the customer that needs authentication is declined, and
 * could be confirmed with the same card by a customer who is there.
 */
export function needsCustomer({ status, last_payment_error, cancellation_reason }: Stripe.PaymentIntent): boolean {
  if (status === 'requires_action') return true;
  if (status === 'canceled') return cancellation_reason === REPLACED;
  return status === 'requires_payment_method' && last_payment_error?.code === 'authentication_required';
}

/** Whether it was made without a payment method, only so that nothing is charged by its key. */
export function isReserved({ status, payment_method, last_payment_error }: Stripe.PaymentIntent): boolean {
  return status === 'requires_payment_method' && payment_method === null && last_payment_error === null;
}

/** Stripe's messages about cards are written for customers; their codes of declines say more than those of errors. */
export function declineFailure(error: {
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly message?: string | undefined;
}): PaymentFailure {
  const isGeneric = error.decline_code === undefined || ['', 'generic_decline'].includes(error.decline_code);
  const code = isGeneric ? error.code : error.decline_code;
  return { code: code ?? DECLINED.code, message: error.message ?? DECLINED.message };
}

export function stripeMoney(units: number, currency: string): Money {
  const code = currency.toUpperCase();
  return { amount: amountOfMinorUnits(units, code), currency: code };
}
