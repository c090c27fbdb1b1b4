import type { StripeModes } from './payment-providers.ts';
import { StripeProvider } from './stripe/stripe-provider.ts';

/** What an operator sets for Stripe. */
export interface StripeSettings {
  readonly live: StripeCredentials | null;
  readonly test: StripeCredentials | null;
  readonly returnUrl: string | null;
  readonly url: string;
}

interface StripeCredentials {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
}

/** Stripe in those of its modes for which there are credentials. */
export function stripeModes({ live, test, returnUrl, url }: StripeSettings): StripeModes {
  return {
    live: live && new StripeProvider({ ...live, isLive: true, returnUrl, url }),
    test: test && new StripeProvider({ ...test, isLive: false, returnUrl, url }),
  };
}
