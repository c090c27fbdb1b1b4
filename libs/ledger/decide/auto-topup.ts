import type { Purchase } from '../purchases.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/** Called when a payment has ended: what it means for the account's rule to buy credits. */
export function afterPayment(_context: DecisionContext, _account: AccountState, _purchase: Purchase): void {
  // Nothing yet.
}
