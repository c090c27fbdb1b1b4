import type { Amount } from '#amounts';

export const PROVIDERS = ['stripe', 'manual', 'test'] as const;
/** Who collects a payment. */
export type ProviderName = (typeof PROVIDERS)[number];

/** An account's rule to buy credits when it runs low. Amounts are credits, times milliseconds by the account's clock. */
export interface AutoTopup {
  readonly enabled: boolean;
  readonly threshold: Amount;
  /** When it is low and may not buy yet: when it is to be looked at again. */
  readonly waitsUntil: number | null;
}
