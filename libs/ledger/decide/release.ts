import { ZERO } from '../amount.ts';
import type { Authorization } from '../authorization.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { touch, touchAuthorization, unpin, unpinOverdraft, type Transaction } from './movements.ts';

/** Lets go of everything an authorization still pins, last pinned first. */
export function releaseRest(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  books: Transaction,
): void {
  unpinOverdraft(account, authorization.overdraftHeld);
  for (const { grantId, amount } of authorization.allocations.toReversed()) {
    const grant = context.state.grants.get(grantId);
    if (!grant) throw new Error(`the pinned grant ${grantId} was not loaded`);
    unpin(context, account, grant, amount, books, timeOf(context, account));
  }
  authorization.allocations = [];
  authorization.overdraftHeld = ZERO;
  authorization.held = ZERO;
  touchAuthorization(context, authorization);
  // An overdraft leg is pinned in the account's row alone.
  touch(context, account);
}
