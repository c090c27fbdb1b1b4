import type { BenchBudgets } from './budgets.ts';
import type { BenchCard } from './rate-cards.ts';

/** Accounts that a load is spread over, each with far more credits than a run can spend. */
export interface AccountSet {
  readonly name: string;
  readonly count: number;
  /** The number of the first, of more than one; 0 unless it is said. */
  readonly first?: number;
  /** What prices their usage; nothing where it isn't said. */
  readonly card?: BenchCard;
  /** What limits them; nothing where it isn't said. */
  readonly budgets?: BenchBudgets;
  /** Whether each has a rule that tops it up, which no run makes it do; not unless it is said. */
  readonly hasTopupRule?: true;
}

/** The name of an account of a set; of a single one it is the set's. */
export function accountName({ name, count, first = 0 }: AccountSet, index: number): string {
  return count === 1 ? name : `${name}-${first + index}`;
}

export function accountNames(set: AccountSet): string[] {
  return Array.from({ length: set.count }, (_, index) => accountName(set, index));
}

/** 10 000 accounts, which all loads that are spread share. */
export const SPREAD: AccountSet = { name: 'spread', count: 10_000 };

/** Another 10 000, whose usage is priced. */
export const SPREAD_BY_USAGE: AccountSet = { name: 'priced', count: 10_000, card: 'plain' };

/** Another 10 000, with budgets. */
export const SPREAD_WITH_BUDGETS: AccountSet = { name: 'budgeted', count: 10_000, budgets: 'five' };

/** Another 10 000, with a rule that tops them up. */
export const SPREAD_WITH_TOPUP_RULES: AccountSet = { name: 'topped-up', count: 10_000, hasTopupRule: true };

/** The one account of a load. Each load has its own, so that the holds that one leaves open don't slow down the next. */
export function hot(load: string, more: Pick<AccountSet, 'card' | 'budgets' | 'hasTopupRule'> = {}): AccountSet {
  return { name: `hot-${load}`, count: 1, ...more };
}
