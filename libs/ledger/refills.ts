import type { Amount } from '#amounts';
import type { AccountPlan } from './account-plan.ts';
import type { AutoTopup } from './auto-topup.ts';
import type { RecurringGrant } from './recurring.ts';

/** A purchase whose payment isn't decided yet. */
export interface TopupUnderWay {
  /** The purchase's UUID. */
  readonly purchase: string;
  /** What it brings, bonus included. */
  readonly credits: Amount;
  /** Whether the account's rule began it. */
  readonly automatic: boolean;
}

/** How an account gets its credits, beside those that somebody grants. It is replaced as a whole, and never changed in place. */
export interface Refills {
  readonly autoTopup: AutoTopup | null;
  /** At most one at a time. */
  readonly underWay: TopupUnderWay | null;
  /** In the order in which they were made. */
  readonly recurring: readonly RecurringGrant[];
  readonly plan: AccountPlan | null;
}

/** Those of an account that has none. */
export const NO_REFILLS: Refills = { autoTopup: null, underWay: null, recurring: [], plan: null };

/**
 * When time alone does something about an account's refills: a period begins, a plan changes, a top-up is to be tried.
 *
 * @returns milliseconds since 1970, by the account's clock; `null` where nothing is to come
 */
export function nextRefillAt(refills: Refills): number | null {
  const next = Math.min(refills.autoTopup?.waitsUntil ?? Infinity, nextPeriodAt(refills) ?? Infinity);
  return next === Infinity ? null : next;
}

/** The same without top-ups, which look at nothing but the balance of now: when a period begins, or a plan changes. */
export function nextPeriodAt({ recurring, plan }: Refills): number | null {
  let next = plan?.next?.at ?? Infinity;
  for (const one of recurring) next = Math.min(next, one.next?.at ?? Infinity);
  return next === Infinity ? null : next;
}
