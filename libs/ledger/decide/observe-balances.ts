import type { AccountState } from '../state.ts';
import { alertOnBalance } from './alert-on-balance.ts';
import { topUpBalance } from './auto-topup.ts';
import type { BalanceObserver } from './balance-observer.ts';
import type { DecisionContext } from './context.ts';
import { momentOf, type Moment } from './emit.ts';

const OBSERVERS: readonly BalanceObserver[] = [alertOnBalance, topUpBalance];

/** Called after every command: shows the observers the accounts whose balance it has moved. */
export function observeBalances(context: DecisionContext): void {
  for (const account of context.changes.moved) observeBalance(context, account, momentOf(context, account));
  context.changes.moved.clear();
}

/** Shows the observers what has become of the balance since they last saw it. */
export function observeBalance(context: DecisionContext, account: AccountState, moment: Moment): void {
  const before = account.observed;
  account.observed = moment.balance;
  for (const observe of OBSERVERS) observe(context, account, before, moment);
}
