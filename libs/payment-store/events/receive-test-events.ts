import type { PaymentWork } from '../payment-work.ts';
import { applyProviderEvent } from './apply-provider-event.ts';

/** Records what the test provider reports, as the webhook does with what Stripe reports. */
export function receiveTestEvents(work: Pick<PaymentWork, 'engine' | 'log' | 'providers'>): void {
  work.providers.test.onEvent(async (event) => {
    await applyProviderEvent(work, 'test', event);
  });
}
