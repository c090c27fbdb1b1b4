import { atLeastZero, ZERO, type Amount } from '#amounts';
import type { Spending } from '../authorization.ts';
import { available } from '../balance.ts';
import type { BudgetScope, Spender } from '../budget-scope.ts';
import type { Counter } from '../counters.ts';
import type { SpanLimit } from '../span-limits.ts';
import { balanceOf, type AccountState } from '../state.ts';
import { windowAt } from './budget-windows.ts';
import { budgetsOf } from './budgets-of.ts';
import { limitBySuspension } from './check-rules.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { fund } from './funding.ts';
import { suspensionOf } from './suspension.ts';

/** A limit that a request falls under, and how far its window of now is used up. */
export interface LimitUse {
  readonly kind: 'budget' | SpanLimit['kind'];
  /** The budget's; a limit over many accounts has none. */
  readonly name: string | null;
  /** The value whose window it is; `null` where all share one. */
  readonly value: string | null;
  readonly limit: Amount;
  /** Used, or held by open authorizations; more than the limit where commits took more than was held. */
  readonly used: Amount;
  /** When the window ends, by the account's clock; `null`: never. */
  readonly resetsAt: number | null;
  /** Whether it declines requests. */
  readonly isHard: boolean;
}

/** How an account stands, for requests of one kind. */
export interface Standing {
  readonly available: Amount;
  /** What is 100 % of its credits, as for alerts. */
  readonly basis: Amount;
  /** What of its credits is used or held. */
  readonly used: Amount;
  readonly limits: readonly LimitUse[];
  /** The one of them that is used up the furthest. */
  readonly nearest: LimitUse | null;
  /** Whether a request would be declined, however small it is: nothing is left, or somebody has suspended it. */
  readonly isStopped: boolean;
}

export interface StandingOptions {
  /** Limits over many accounts. */
  readonly spanLimits: readonly LimitUse[];
  /** Whether it looks for the credits that may pay for this kind of requests, or takes those of the account. */
  readonly byScope: boolean;
  /** Whether a window of a value that isn't known is an empty one. Otherwise nothing is said of it. */
  readonly unknownIsEmpty: boolean;
}

/** How an account stands. It changes nothing, and loads nothing. */
export function standingOf(
  context: DecisionContext,
  account: AccountState,
  spender: Spender,
  { spanLimits, byScope, unknownIsEmpty }: StandingOptions,
): Standing {
  const { alerts, terms, status } = account.account;
  const ofAccount = available(balanceOf(account));
  const free = byScope ? availableTo(context, account, spender) : ofAccount;
  const limits = [...budgetUses(context, account, spender, unknownIsEmpty), ...spanLimits];
  const isSuspended =
    suspensionOf(context, account) !== null || limitBySuspension(context, account, spender.tags) !== null;
  return {
    available: free,
    basis: alerts.basis,
    used: atLeastZero(alerts.basis.minus(ofAccount)),
    limits,
    nearest: nearestOf(limits),
    isStopped:
      status === 'closed' ||
      isSuspended ||
      free.plus(terms.overdraftLimit).lte(ZERO) ||
      limits.some(({ isHard, limit, used }) => isHard && used.gte(limit)),
  };
}

/** What is available to requests of a kind: credits of grants that may pay for them. */
function availableTo(context: DecisionContext, account: AccountState, spending: Spending): Amount {
  // More than there is, so that the answer is exact.
  return fund(context, account, spending, atLeastZero(account.posted).plus(1)).available;
}

function budgetUses(
  context: DecisionContext,
  account: AccountState,
  spender: Spender,
  unknownIsEmpty: boolean,
): LimitUse[] {
  const now = timeOf(context, account);
  const uses: LimitUse[] = [];
  for (const scope of budgetsOf(context, account)) {
    if (!scope.isInForce(now)) continue;
    for (const { counter, value } of scope.countersOf(spender)) {
      const row = account.counters.at(counter, now);
      if (!row && value !== null && !unknownIsEmpty) continue;
      const resetsAt = row ? row.windowEnd : windowAt(calendarOf(account), scope, counter, now).end;
      uses.push(budgetUse(scope, { value, row, resetsAt, now }));
    }
  }
  return uses;
}

function budgetUse(
  scope: BudgetScope,
  {
    value,
    row,
    resetsAt,
    now,
  }: { value: string | null; row: Counter | undefined; resetsAt: number | null; now: number },
): LimitUse {
  const { name, mode } = scope.budget;
  const used = row ? row.used.plus(row.reserved) : ZERO;
  return { kind: 'budget', name, value, limit: scope.limitAt(now), used, resetsAt, isHard: mode === 'hard' };
}

function calendarOf({ account, counters }: AccountState) {
  return { counters, timeZone: account.terms.timeZone };
}

/** Those limits over many accounts that are known to be all but used up: of the others, a decision knows the account's share. */
export function exhaustedUses(context: DecisionContext, account: AccountState, keyId: string | null): LimitUse[] {
  const { spanLimits } = context.rules;
  const known = context.exhausted ?? spanLimits.exhausted;
  if (known.length === 0) return [];
  const { environment, unit } = account.account;
  const now = timeOf(context, account);
  return spanLimits.of(environment, keyId, unit).flatMap(({ id, kind, amount }) => {
    const found = known.find(
      ({ limit, window: { start, end } }) => limit === id && start <= now && (end ?? now + 1) > now,
    );
    if (!found) return [];
    const share = account.counters.at(id, now);
    const own = share ? (share.granted ?? ZERO).minus(share.used).minus(share.reserved) : ZERO;
    const used = amount.minus(atLeastZero(found.left.plus(own)));
    return [{ kind, name: null, value: null, limit: amount, used, resetsAt: found.window.end, isHard: true }];
  });
}

/** The limit that is used up the furthest; the first of those that are equally far. */
export function nearestOf(limits: readonly LimitUse[]): LimitUse | null {
  return limits.reduce<LimitUse | null>(
    (nearest, one) => (nearest === null || isNearer(one, nearest) ? one : nearest),
    null,
  );
}

/** Compared without a division, which would round, and mostly without a product. Of nothing, anything is all. */
function isNearer(one: LimitUse, other: LimitUse): boolean {
  if (other.limit.isZero()) return false;
  if (one.limit.isZero()) return true;
  const usedMore = one.used.cmp(other.used);
  const allowsMore = one.limit.cmp(other.limit);
  if (usedMore <= 0 && allowsMore >= 0) return false;
  return one.used.times(other.limit).gt(other.used.times(one.limit));
}

export const STANDINGS = ['ok', 'economize', 'stop'] as const;

/**
 * What a client had better do.
 *
 * @param economizeFrom the percentage of the credits or a limit from which it should save
 */
export function advice(
  { isStopped, basis, used, nearest }: Standing,
  economizeFrom: number,
): (typeof STANDINGS)[number] {
  if (isStopped) return 'stop';
  const isFar = (part: Amount, whole: Amount): boolean => part.times(100).gte(whole.times(economizeFrom));
  const isLow = basis.gt(ZERO) && isFar(used, basis);
  return isLow || (nearest !== null && isFar(nearest.used, nearest.limit)) ? 'economize' : 'ok';
}
