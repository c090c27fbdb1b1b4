import type { Balance } from '../balance.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import type { Moment } from './emit.ts';

/**
 * Acts on a move of an account's balance, of what is posted or of what is held. It sees every move once, in the order of time:
 * what a command did, as one move, and what time alone did, instant by instant. Where a grant has come into effect, or a
 * payment has ended, it may be called although the balance is the same. It moves no amount itself.
 */
export type BalanceObserver = (context: DecisionContext, account: AccountState, before: Balance, after: Moment) => void;
