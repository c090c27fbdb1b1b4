import type { Balance } from '../balance.ts';
import type { AccountState } from '../state.ts';
import { alertOnBalance } from './alert-on-balance.ts';
import { topUpBalance } from './auto-topup.ts';
import type { DecisionContext } from './context.ts';
import { momentOf, type Moment } from './emit.ts';

/**
 * Acts on a move of an account's balance, of what is posted or of what is held. It sees every move once, in the order of time:
 * what a command did, as one move, and what time alone did, instant by instant. Where a grant has come into effect, or a
 * payment has ended, it may be called although the balance is the same. It moves no amount itself.
 */
export type BalanceObserver = (context: DecisionContext, account: AccountState, before: Balance, after: Moment) => void;

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
