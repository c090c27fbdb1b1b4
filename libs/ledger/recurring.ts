import type { Amount } from '#amounts';

/** Credits that an account is granted in every period. Times are milliseconds since 1970. */
export interface RecurringGrant {
  readonly id: string;
  /** Unique within the account. */
  readonly name: string;
  readonly amount: Amount;
  /** The next period that isn't granted yet, and when it begins; `null` where it has ended. */
  readonly next: { readonly index: number; readonly at: number } | null;
}
