import { type Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { nextExpiryOf, type NextExpiry } from './funding.ts';

/** What a batch did to an account before this item. */
export interface BatchSoFar {
  readonly holds: readonly Authorization[];
  /** What items that were refused lacked of credits. */
  readonly lacking: Amount;
  /** Why items were refused. */
  readonly refusals: readonly Refusal[];
  /** When the next hold of others expires. */
  readonly nextExpiry: NextExpiry;
}
export type OwnHolds = (account: AccountState) => BatchSoFar;

/** Of a request that stands alone. */
export const NO_OTHER_ITEMS: OwnHolds = (account) => ({
  holds: [],
  lacking: ZERO,
  refusals: [],
  nextExpiry: nextExpiryOf(account),
});
