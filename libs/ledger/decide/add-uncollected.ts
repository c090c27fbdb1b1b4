import type { Amount } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/** Adds to what was used and nothing covers, or takes off it where the amount is negative. Most usage is covered. */
export function addUncollected(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  amount: Amount,
): void {
  if (amount.isZero()) return;
  authorization.uncollected = authorization.uncollected.plus(amount);
  context.changes.uncollected.push({
    id: account.ids.next(context.realNow),
    accountKey: account.account.key,
    environment: account.account.environment,
    authorizationId: authorization.id,
    amount,
    createdAt: timeOf(context, account),
  });
  context.changes.accounts.update(account);
}
