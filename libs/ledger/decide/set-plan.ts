import type { Account } from '../account.ts';
import { NO_PLAN, type AccountPlan, type PlanVersionRef } from '../account-plan.ts';
import { MAX_BUDGETS } from '../budgets.ts';
import type { SetPlan } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { changePlan, endOfPlanPeriod } from './change-plan.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import { setRefills } from './set-refills.ts';
import { grantPeriods } from './settle-recurring.ts';

/** The plan that an account is on as one decision left it. */
export interface PlanDecision {
  readonly account: Readonly<Account>;
  readonly plan: AccountPlan;
}

/**
 * Puts an account on a plan, or on none: now, or when the running period of its plan ends. A change that is to come takes the place of one
 * that was to come before. Where no period is running, it changes now.
 */
export function setPlan(context: DecisionContext, command: SetPlan): Outcome<PlanDecision> {
  const { account: ref, plan, effective, prorate } = command;
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  const { unit } = account.account;
  const cardUnit = plan && plan.cardUnit;
  if (tooManyBudgets(account, plan)) return refused({ code: 'too_many_budgets', account: ref.id, limit: MAX_BUDGETS });
  if (cardUnit !== null && cardUnit !== unit) return refused({ code: 'unit_mismatch', unit, cardUnit });
  const now = timeOf(context, account);
  const before = account.refills.plan ?? NO_PLAN;
  if (isSame(before.current, plan)) return kept(context, account, before);
  const end = effective === 'next_period' ? endOfPlanPeriod(account, now) : null;
  if (end !== null) {
    const next = { to: plan, at: end };
    setRefills(context, account, { ...account.refills, plan: { ...before, next } });
    return decided(account);
  }
  const { data, granted } = changePlan(context, account, { to: plan, at: now, isProrated: prorate });
  const begun = grantPeriods(context, account, now);
  emit(context, account, 'plan.changed', data);
  for (const grant of [...granted, ...begun]) emit(context, account, 'grant.created', grantData(grant));
  return decided(account);
}

/** It is on the plan already, and stays on it. */
function kept(context: DecisionContext, account: AccountState, before: AccountPlan): Outcome<PlanDecision> {
  if (before.next) setRefills(context, account, { ...account.refills, plan: { ...before, next: null } });
  return decided(account);
}

function isSame(a: PlanVersionRef | null, b: PlanVersionRef | null): boolean {
  return a?.plan === b?.plan && a?.version === b?.version;
}

function tooManyBudgets({ account, refills }: AccountState, plan: PlanVersionRef | null): boolean {
  const brought = refills.plan?.current?.budgets ?? [];
  const own = account.budgets.filter(({ id }) => !brought.includes(id));
  const added = (plan?.terms.budgets ?? []).filter(({ name }) => !own.some((one) => one.name === name));
  return added.length > 0 && own.length + added.length > MAX_BUDGETS;
}

function decided({ account, refills }: AccountState): Outcome<PlanDecision> {
  return accepted({ account: { ...account }, plan: refills.plan ?? NO_PLAN });
}
