import { LedgerUnavailable } from '#ledger-store';
import type { PaymentWork } from '../payment-work.ts';
import { applyProviderEvent } from './apply-provider-event.ts';

/** Records what the test provider reports, as the webhook does with what Stripe reports. */
export function receiveTestEvents(work: Pick<PaymentWork, 'engine' | 'log' | 'providers'>): void {
  work.providers.test.onEvent(async (event) => {
    try {
      await applyProviderEvent(work, 'test', event);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      // A provider gives up after a while too. Reported again and again, it would hold up what is reported after it.
      work.log(`${String(error)} It isn’t reported again.`);
    }
  });
}
