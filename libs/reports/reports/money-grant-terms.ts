import type { Amount } from '#amounts';

/** Of a grant that money was paid for, what reports need beside its sums. Times are milliseconds since 1970. */
export interface MoneyGrantTerms {
  readonly id: string;
  readonly unit: string;
  /** The name of the pool whose money it shares, unique in the environment. */
  readonly pool: string;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  readonly voidedAt: number | null;
}

/** How much of the credits that take effect in a month will never be used, as a part of 1: by month, and `default` for all others. */
export type BreakageRates = Readonly<Record<string, Amount>>;
