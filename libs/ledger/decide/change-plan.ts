import { formatAmount, ZERO, type Amount } from '#amounts';
import { NO_PLAN, type PlanVersionRef } from '../account-plan.ts';
import type { PlanChangeData } from '../events.ts';
import type { Grant } from '../grant.ts';
import { publicId } from '../ids.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { changeAllowances, leadOf, plannedOf } from './plan-allowances.ts';
import { setPlanBudgets } from './plan-budgets.ts';
import { setPlanTerms, termsFor } from './plan-terms.ts';
import { setRefills } from './set-refills.ts';

/** What a change of plans has done, to be reported. */
export interface PlanChange {
  readonly data: PlanChangeData;
  /** For the rest of running periods. */
  readonly granted: readonly Grant[];
}

/**
 * Puts an account on a plan, on another version of its plan, or on none. Credits that were granted before stay, but for what a prorated
 * change takes back. The periods that begin at this instant are granted after it.
 *
 * @param at by the account's clock: now, or an instant that time has come to
 */
export function changePlan(
  context: DecisionContext,
  account: AccountState,
  {
    to: wanted,
    at,
    isProrated,
  }: { readonly to: PlanVersionRef | null; readonly at: number; readonly isProrated: boolean },
): PlanChange {
  const from = (account.refills.plan ?? NO_PLAN).current;
  const to = wanted && termsFor(account.account.unit, wanted);
  const step = { from, to, at };
  const own = setPlanTerms(context, account, step);
  const budgets = setPlanBudgets(context, account, step);
  const { takenBack, granted, advances } = changeAllowances(context, account, step, isProrated);
  const since = from && from.plan === to?.plan ? from.since : at;
  const current = to && { ...to, since, own, budgets };
  setRefills(context, account, { ...account.refills, plan: { current, next: null, advances } });
  const sum = granted.reduce((total: Amount, { amount }) => total.plus(amount), ZERO);
  const data = {
    plan: to && publicId('plan', to.plan),
    name: to && to.name,
    version: to && to.version,
    previous: from && publicId('plan', from.plan),
    effective_at: new Date(at).toISOString(),
    taken_back: formatAmount(takenBack),
    granted: formatAmount(sum),
  };
  return { data, granted };
}

/** When the running period of an account's plan ends: that of its first allowance. `null`: there is none. */
export function endOfPlanPeriod(account: AccountState, now: number): number | null {
  const current = account.refills.plan?.current ?? null;
  const end = leadOf(plannedOf(account, current), current, now)?.last?.end ?? now;
  return end > now ? end : null;
}

/** What an account's plan changes to at an instant that time has come to; `undefined`: nothing changes. */
export function planChangeDue(
  { rules }: DecisionContext,
  account: AccountState,
  at: number,
): PlanVersionRef | null | undefined {
  const { plan } = account.refills;
  if (!plan) return undefined;
  if (plan.next && plan.next.at <= at) return plan.next.to && newestOf(rules, plan.next.to, at);
  const { current } = plan;
  if (!current || leadOf(plannedOf(account, current), current, at)?.last?.end !== at) return undefined;
  const newest = newestOf(rules, current, at);
  return newest === current ? undefined : newest;
}

/** The version that accounts take which are on a plan, or come to it, at an instant. */
function newestOf({ plans }: DecisionContext['rules'], known: PlanVersionRef, at: number): PlanVersionRef {
  const newest = plans.versionAt(known.plan, at);
  return newest && newest.version > known.version ? newest : known;
}

/** An instant before which nothing changes an account's plan; infinity where nothing ever does. */
export function planHoldsUntil({ rules }: DecisionContext, { refills: { plan } }: AccountState): number {
  const next = plan?.next?.at ?? Number.POSITIVE_INFINITY;
  const renewed = plan?.current ? rules.plans.nextFrom(plan.current.plan, plan.current.version) : null;
  return Math.min(next, renewed ?? Number.POSITIVE_INFINITY);
}
