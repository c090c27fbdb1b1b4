import { ZERO } from '#amounts';
import type Stripe from 'stripe';
import type { ProviderPayment } from '../payment-provider.ts';
import { purchaseOf } from './about-purchase.ts';
import { intentResult, stripeMoney } from './intent-result.ts';

/** An intent, listed with its latest charge. */
export function providerPayment(intent: Stripe.PaymentIntent): ProviderPayment {
  const { purchase = null, account = null, environment = null } = purchaseOf(intent.metadata) ?? {};
  const result = intentResult(intent);
  const charge = typeof intent.latest_charge === 'string' ? null : intent.latest_charge;
  return {
    reference: intent.id,
    purchase,
    account,
    environment,
    status: result?.status ?? 'processing',
    price: result?.status === 'succeeded' ? result.paid : stripeMoney(intent.amount, intent.currency),
    refunded: charge === null ? ZERO : stripeMoney(charge.amount_refunded, charge.currency).amount,
    disputed: charge?.disputed ?? false,
    createdAt: new Date(intent.created * 1000),
  };
}
