import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import type { BatchSoFar } from './batch-so-far.ts';
import { budgetsOf } from './budgets-of.ts';
import { checkBudgets, checkBudgetsOfMore } from './check-budgets.ts';
import { checkRules, checkRulesOfMore } from './check-rules.ts';
import { shareLimits, shareLimitsOfMore } from './check-shares.ts';
import type { DecisionContext } from './context.ts';
import { pinnedBy } from './funding.ts';
import { NO_LIMITS, type LimitedRequest, type Limits } from './limit.ts';

/** The limits of a new authorization. */
export function limitsOf(context: DecisionContext, account: AccountState, request: LimitedRequest): Limits {
  const rules = checkRules(context, account, request);
  const budgets = budgetsOf(context, account).length === 0 ? NO_LIMITS : checkBudgets(context, account, request);
  return together(rules, budgets, shareLimits(context, account, request));
}

/** The limits of more for an open authorization: those of the windows in which it counts. */
export function limitsOfMore(context: DecisionContext, account: AccountState, authorization: Authorization): Limits {
  const rules = checkRulesOfMore(context, account, authorization);
  if (!authorization.reservations.some(({ of }) => of === 'spending')) return together(rules, NO_LIMITS, NO_LIMITS);
  const shares = shareLimitsOfMore(context, account, authorization);
  const own = (): BatchSoFar => {
    const { nextExpiry } = pinnedBy(account, authorization);
    return { holds: [authorization], lacking: ZERO, refusals: [], nextExpiry };
  };
  return together(rules, checkBudgetsOfMore(context, account, authorization, own), shares);
}

type Spent = Pick<Limits, 'checks' | 'windows'>;

/** In the order in which they refuse. Most requests have no limit, and must not pay for those that have. */
function together(rules: Pick<Limits, 'checks' | 'rates'>, budgets: Spent, shares: Spent): Limits {
  const { rates } = rules;
  const isBudgeted = budgets.windows.length > 0;
  const isShared = shares.checks.length > 0 || shares.windows.length > 0;
  if (!isBudgeted && !isShared)
    return rules.checks.length + rates.length === 0 ? NO_LIMITS : { ...NO_LIMITS, ...rules };
  return {
    checks: [...rules.checks, ...budgets.checks, ...shares.checks],
    windows: isShared ? [...budgets.windows, ...shares.windows] : budgets.windows,
    rates,
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
