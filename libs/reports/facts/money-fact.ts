import type { Amount, JsonObject } from '#amounts';
import type { GrantCategory } from '#ledger';

/**
 * Why credits or money have changed. `debt_repaid` is both what a grant paid and how much less is owed. These have money and no
 * credits: `returned` (the customer has it back), `reversed` (more of it than was deferred, so revenue was taken back) and `true_up`
 * (credits that came later share the price of what was used before).
 */
export type MoneyKind =
  | 'granted'
  | 'true_up'
  | 'used'
  | 'refunded'
  | 'commitment'
  | 'debt_used'
  | 'debt_refunded'
  | 'debt_repaid'
  | 'written_off'
  | 'write_off_reversed'
  | 'expired'
  | 'voided'
  | 'returned'
  | 'reversed'
  | 'rolled_out'
  | 'rolled_in'
  | 'purchase_refunded'
  | 'restored';

/** What a row of the journal has changed in a grant, or in the debt of its account. */
export interface MoneyFact {
  /** The id of the transfer, or of the refund of a purchase. */
  readonly transferId: string;
  /** When it took effect, in milliseconds since 1970. */
  readonly at: number;
  /** `null`: the debt. */
  readonly grantId: string | null;
  readonly kind: MoneyKind;
  readonly category: GrantCategory | 'debt';
  /** '' where there is no money. */
  readonly currency: string;
  /** How the balance has changed. */
  readonly credits: Amount;
  /**
   * How the deferred money has changed, that was paid and is neither earned nor returned. What leaves it has become revenue, unless
   * the kind is `returned`.
   */
  readonly money: Amount;
}

/** Where the money of a purchase stands, as it is stored: all that the money of its next transfers depends on. */
export type MoneyPosition = JsonObject;

export interface MoneyOfSlice {
  /** Those of a transfer follow each other, in the order of the transfers. */
  readonly facts: readonly MoneyFact[];
  /** By the names that `poolNames` gives: those that have changed, as they are after the slice. */
  readonly positions: ReadonlyMap<string, MoneyPosition>;
}

/** Kinds whose money stays deferred, or has gone back to whom it came from. */
const NOT_EARNED: ReadonlySet<MoneyKind> = new Set(['granted', 'rolled_in', 'rolled_out', 'returned']);

/** What a fact adds to revenue. */
export function revenueOf({ kind, money }: Pick<MoneyFact, 'kind' | 'money'>): Amount | null {
  return NOT_EARNED.has(kind) ? null : money.neg();
}
