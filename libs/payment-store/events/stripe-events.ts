import type { PaymentProviders } from '#payments';
import type { PaymentWork } from '../payment-work.ts';
import { applyProviderEvent, type EventOutcome } from './apply-provider-event.ts';

interface StripeEventsParts extends Pick<PaymentWork, 'engine' | 'log'> {
  readonly providers: Pick<PaymentProviders, 'readStripeWebhook'>;
}

/** Records what Stripe reports. */
export class StripeEvents {
  readonly #parts: StripeEventsParts;

  constructor(parts: StripeEventsParts) {
    this.#parts = parts;
  }

  /**
   * @param rawBody the bytes as they arrived
   * @param signature the header `Stripe-Signature`
   * @returns null: it is signed with none of our secrets
   * @throws {ProviderUnavailable} where Stripe has to be asked for more and can't be
   * @throws {LedgerUnavailable} where the ledger is away
   */
  async receive(rawBody: Buffer, signature: string): Promise<EventOutcome | null> {
    const events = await this.#parts.providers.readStripeWebhook(rawBody, signature);
    if (!events) return null;
    const outcomes: EventOutcome[] = [];
    // One after the other: they are in the order in which they happened.
    for (const event of events) outcomes.push(await applyProviderEvent(this.#parts, 'stripe', event));
    return ANSWERED.find((outcome) => outcomes.includes(outcome)) ?? 'ignored';
  }
}

/** Of several, the first of these is what whoever looks at Stripe's log of deliveries should see. */
const ANSWERED: readonly EventOutcome[] = ['purchase_unknown', 'applied', 'ignored'];
