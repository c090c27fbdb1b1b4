import { ManualProvider } from './manual-provider.ts';
import type { PaymentProvider, ProviderName } from './payment-provider.ts';
import type { ProviderEvent } from './provider-event.ts';
import type { StripeProvider } from './stripe/stripe-provider.ts';
import type { TestProvider } from './test-provider/test-provider.ts';

/** Why an environment can't be paid for by a provider. */
export type ProviderRefusal =
  /** `test` takes no money, so it pays for nothing in `live`. */
  | 'provider_not_allowed'
  /** The operator hasn't set its keys. */
  | 'provider_not_configured';

/** Stripe in each of its modes; null where its key isn't set. */
export interface StripeModes {
  readonly live: StripeProvider | null;
  readonly test: StripeProvider | null;
}

/** All providers of an installation. The environment `live` is paid for in earnest, and no other is. */
export class PaymentProviders {
  readonly #manual = new ManualProvider();
  readonly #stripe: StripeModes;
  readonly #test: TestProvider;

  constructor(stripe: StripeModes, test: TestProvider) {
    this.#stripe = stripe;
    this.#test = test;
  }

  get test(): TestProvider {
    return this.#test;
  }

  find(name: ProviderName, environment: string): PaymentProvider | ProviderRefusal {
    const isLive = environment === 'live';
    switch (name) {
      case 'manual':
        return this.#manual;
      case 'test':
        return isLive ? 'provider_not_allowed' : this.#test;
      case 'stripe':
        return (isLive ? this.#stripe.live : this.#stripe.test) ?? 'provider_not_configured';
    }
  }

  /** {@link StripeProvider.readWebhook} of the mode by whose secret it is signed. */
  async readStripeWebhook(rawBody: Buffer, signature: string): Promise<readonly ProviderEvent[] | null> {
    for (const provider of [this.#stripe.live, this.#stripe.test]) {
      const events = (await provider?.readWebhook(rawBody, signature)) ?? null;
      if (events !== null) return events;
    }
    return null;
  }
}
