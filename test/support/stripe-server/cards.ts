/** Stripe's test payment methods, by what happens when they are charged. */
type Outcome =
  | { readonly status: 'succeeded' | 'processing' }
  | { readonly status: 'requires_payment_method'; readonly error: Readonly<Record<string, string>> };

const DECLINES: Readonly<Record<string, readonly [code: string, declineCode: string, message: string]>> = {
  pm_card_chargeDeclined: ['card_declined', 'generic_decline', 'Your card was declined.'],
  pm_card_chargeDeclinedInsufficientFunds: ['card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
  pm_card_chargeDeclinedExpiredCard: ['expired_card', 'expired_card', 'Your card has expired.'],
  pm_card_authenticationRequired: [
    'authentication_required',
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
  ],
};

/** What charging a payment method off-session does; null: there is no such method. */
export function charged(paymentMethod: string): Outcome | null {
  const [code, decline_code, message] = DECLINES[paymentMethod] ?? [];
  if (code !== undefined && decline_code !== undefined && message !== undefined) {
    return { status: 'requires_payment_method', error: { type: 'card_error', code, decline_code, message } };
  }
  if (paymentMethod === 'pm_card_visa') return { status: 'succeeded' };
  return paymentMethod === 'pm_usBankAccount_success' ? { status: 'processing' } : null;
}
