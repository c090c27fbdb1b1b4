import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Window } from '#calendar';
import type { Authorization, Spending } from '../authorization.ts';
import type { OutputLimits } from '../commands.ts';
import type { Counter } from '../counters.ts';
import type { Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import type { BatchSoFar } from './batch-so-far.ts';
import { budgetsOf } from './budgets-of.ts';
import { checkBudgets, checkBudgetsOfMore } from './check-budgets.ts';
import { checkRules, checkRulesOfMore } from './check-rules.ts';
import { shareLimits } from './check-shares.ts';
import type { DecisionContext } from './context.ts';
import { pinnedBy } from './funding.ts';
import type { RequestRate } from './rates.ts';

/** A limit that a request falls under. */
export interface Limit {
  /**
   * How much may still be asked for under it; below zero where commits took more than was held. `null`: no bound on the amount
   * (it only says yes or no).
   */
  readonly room: Amount | null;
  /** Why a request for that much is declined; `null` where it isn't. */
  refusal(required: Amount): Refusal | null;
}

/** A window in which what a request is charged will count. It may not be written yet. */
export interface SpendingWindow extends Pick<Counter, 'counter' | 'name' | 'value'> {
  readonly kind: 'budget' | 'share';
  readonly window: Window;
  /** The most that requests may use and reserve in it; `null` where nothing is declined. */
  readonly limit: Amount | null;
}

export interface Limits {
  /** In the order in which they refuse: rules, budgets, the key's, the environment's. Credits come after them. */
  readonly checks: readonly Limit[];
  readonly windows: readonly SpendingWindow[];
  /** Rates under which it counts. */
  readonly rates: readonly RequestRate[];
}

/** One for all requests without limits, which cost nothing more than before there were any. */
export const NO_LIMITS: Limits = { checks: [], windows: [], rates: [] };

/** A request as limits see it. */
export interface LimitedRequest extends Spending {
  /** The UUID of the API key that asks. */
  readonly keyId: string | null;
  /** By the account's clock. */
  readonly at: number;
  /** Its `max` is what the price allows for, where the request doesn't say. */
  readonly output: OutputLimits;
  /** What it and earlier items of its batch hold and lack: waiting for others doesn't bring that back. */
  readonly own: () => BatchSoFar;
  /** Whether it holds credits, or takes them at once. */
  readonly isHold: boolean;
}

/** The limits of a new authorization. */
export function limitsOf(context: DecisionContext, account: AccountState, request: LimitedRequest): Limits {
  const rules = checkRules(context, account, request);
  const budgets = budgetsOf(context, account).length === 0 ? NO_LIMITS : checkBudgets(context, account, request);
  return together([rules, budgets, shareLimits(context, account, request)]);
}

/** The limits of more for an open authorization: those of the windows in which it counts. */
export function limitsOfMore(context: DecisionContext, account: AccountState, authorization: Authorization): Limits {
  const { keyId, createdAt: at } = authorization;
  const rules = checkRulesOfMore(context, account, authorization);
  const shares = shareLimits(context, account, { keyId, at });
  if (!authorization.reservations.some(({ of }) => of === 'spending')) return together([rules, shares]);
  const own = (): BatchSoFar => {
    const { nextExpiry } = pinnedBy(account, authorization);
    return { holds: [authorization], lacking: ZERO, refusals: [], nextExpiry };
  };
  return together([rules, checkBudgetsOfMore(context, account, authorization, own), shares]);
}

function together(all: readonly (Pick<Limits, 'checks'> & Partial<Limits>)[]): Limits {
  const some = all.filter(
    ({ checks, windows = [], rates = [] }) => checks.length > 0 || windows.length > 0 || rates.length > 0,
  );
  if (some.length === 0) return NO_LIMITS;
  return {
    checks: some.flatMap(({ checks }) => checks),
    windows: some.flatMap(({ windows = [] }) => windows),
    rates: some.flatMap(({ rates = [] }) => rates),
  };
}

/** The first that refuses. */
export function firstRefusal({ checks }: Limits, required: Amount): Refusal | null {
  for (const check of checks) {
    const refusal = check.refusal(required);
    if (refusal) return refusal;
  }
  return null;
}

/** The least room; `null` where nothing bounds the amount. */
export function roomOf({ checks }: Limits): Amount | null {
  let least: Amount | null = null;
  for (const { room } of checks) {
    if (room !== null) least = least === null ? room : smallerOf(least, room);
  }
  return least;
}
