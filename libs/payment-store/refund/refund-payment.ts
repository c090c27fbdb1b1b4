import { publicId } from '#ledger';
import type { RefundRequest } from '#payments';
import { askProvider } from '../attempts/ask-provider.ts';
import { findPayable, type PayablePurchase } from '../attempts/payable-purchase.ts';
import { runAttempt, type AttemptOutcome } from '../attempts/run-attempt.ts';
import type { PaymentWork } from '../payment-work.ts';
import { recordAnswer } from '../record-answer.ts';
import type { RefundJob } from './refund-job.ts';

/**
 * Has the provider return the money of a refund that is pending, and records what came of it; as often and at any time as
 * {@link collectPayment}. The refund's id is the provider's idempotency key.
 *
 * @returns when to come back, in milliseconds since 1970; null where nobody needs to
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function refundPayment(work: PaymentWork, { purchase: purchaseId, refund }: RefundJob): Promise<number | null> {
  const { pool, log, delaysMs } = work;
  const title = `A refund of ${publicId('purchase', purchaseId)}`;
  return runAttempt(
    pool,
    { id: refund, purchase: purchaseId },
    async ({ ageMs }): Promise<AttemptOutcome> => {
      const purchase = await findPayable(pool, purchaseId);
      const request = purchase && requestFor(purchase, refund, new Date(Date.now() - ageMs));
      if (!request) return { status: 'ended' };
      const answer = await askProvider(work, purchase, (provider) => provider.refund(request));
      if (answer.status === 'unknown') return answer;
      const { status, reference } = answer.result;
      if (status === 'pending') return { status: 'processing' };
      await recordAnswer(work, {
        type: 'settle_refund',
        purchase: { environment: purchase.environment, id: purchaseId },
        refund,
        status,
        reference,
      });
      return { status: 'ended' };
    },
    { title, log, delaysMs },
  );
}

/** @returns null where the refund isn't pending */
function requestFor(purchase: PayablePurchase, id: string, attemptedAt: Date): RefundRequest | null {
  const { environment, price, reference, refunds } = purchase;
  const refund = refunds.find((one) => one.id === id && one.status === 'pending');
  if (!refund) return null;
  return {
    refund: id,
    purchase: publicId('purchase', purchase.id),
    environment,
    reference,
    money: { amount: refund.money, currency: price.currency },
    begunAt: attemptedAt,
  };
}
