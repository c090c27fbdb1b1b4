import { publicId } from '#ledger';
import type { PaymentProvider, PaymentRequest, PaymentResult } from '#payments';
import { askProvider } from '../attempts/ask-provider.ts';
import { findPayable, type PayablePurchase } from '../attempts/payable-purchase.ts';
import { paymentRequest } from '../attempts/payment-request.ts';
import { runAttempt, type AttemptOutcome } from '../attempts/run-attempt.ts';
import type { PaymentWork } from '../payment-work.ts';
import { recordAnswer } from '../record-answer.ts';

/**
 * Has the provider collect the payment of a purchase that is pending, and records what came of it. It may be called for any
 * purchase, at any time, any number of times at once: the purchase's id is the provider's idempotency key.
 *
 * @param id the purchase's UUID
 * @returns when to come back, in milliseconds since 1970; null where nobody needs to
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function collectPayment(work: PaymentWork, id: string): Promise<number | null> {
  const { pool, log, delaysMs } = work;
  const title = `The payment of ${publicId('purchase', id)}`;
  return runAttempt(
    pool,
    { id, purchase: id },
    async (): Promise<AttemptOutcome> => {
      const purchase = await findPayable(pool, id);
      if (purchase?.status !== 'pending' || purchase.provider === 'manual') return { status: 'ended' };
      const request = paymentRequest(purchase);
      const answer = await askProvider(work, purchase, (provider) => lookOrCollect(provider, purchase, request));
      if (answer.status === 'unknown') return answer;
      await recordAnswer(work, {
        type: 'record_payment',
        purchase: { environment: purchase.environment, id },
        result: answer.result,
      });
      return { status: answer.result.status === 'processing' ? 'processing' : 'ended' };
    },
    { title, log, delaysMs },
  );
}

/** A payment that the provider has taken on is looked at; it isn't asked for again. */
async function lookOrCollect(
  provider: PaymentProvider,
  { reference }: PayablePurchase,
  request: PaymentRequest,
): Promise<PaymentResult> {
  const found = reference === null ? null : await provider.find(request);
  return found ?? provider.collect(request);
}
