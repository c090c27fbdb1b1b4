import type Stripe from 'stripe';
import type { RefundRequest, RefundResult } from '../payment-provider.ts';
import { reading } from './stripe-failure.ts';

interface SoughtRefund extends Pick<RefundRequest, 'refund'> {
  /** Stripe's id of the payment. */
  readonly reference: string;
}

export function refundResult({ id, status, failure_reason }: Stripe.Refund): RefundResult {
  if (status === 'succeeded') return { status: 'succeeded', reference: id };
  if (status !== 'failed' && status !== 'canceled') return { status: 'pending', reference: id };
  const failure = { code: failure_reason ?? status, message: 'The refund was returned by the bank, or canceled.' };
  return { status: 'failed', reference: id, failure };
}

/** What came of a refund of ours; null: Stripe has none. */
export function findRefund(stripe: Stripe, { refund, reference }: SoughtRefund): Promise<RefundResult | null> {
  return reading(async () => {
    for await (const one of stripe.refunds.list({ payment_intent: reference, limit: 100 })) {
      if (one.metadata?.['refund'] === refund) return refundResult(one);
    }
    return null;
  });
}
