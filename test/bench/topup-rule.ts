import { Amount } from '#amounts';
import type { AutoTopupTerms } from '#ledger';

/** A rule to buy credits that is looked at whenever a balance moves. Its threshold is far below what any run leaves of a balance. */
export const TOPUP_RULE: AutoTopupTerms = {
  enabled: true,
  on: 'available',
  threshold: new Amount(100),
  buys: { amount: new Amount(1000) },
  offer: {
    package: null,
    pricePerCredit: new Amount('0.01'),
    price: null,
    currency: 'USD',
    minorUnit: new Amount('0.01'),
    expiresAfterMs: null,
    priority: 100,
  },
  provider: 'manual',
  paymentMethod: null,
  customer: null,
  cooldownMs: 0,
  maxPerPeriod: { period: 'month', count: 10, amount: null },
};
