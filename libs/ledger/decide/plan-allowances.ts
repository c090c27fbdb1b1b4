import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Advance, CurrentPlan, PlanVersionRef } from '../account-plan.ts';
import { prorated } from '../commitments.ts';
import { isSpendable, type Grant } from '../grant.ts';
import type { PlanGrantJson } from '../plan-json.ts';
import { remembered, type RecurringGrant } from '../recurring.ts';
import type { AccountState } from '../state.ts';
import { Advances } from './advances.ts';
import { beginAllowance, type Allowance } from './begin-allowance.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { recurringTermsOf } from './plan-grant-terms.ts';
import type { PlanStep } from './plan-terms.ts';
import { setRefills } from './set-refills.ts';
import { issue } from './settle-recurring.ts';
import { Transaction } from './transaction.ts';

/** What a change of plans did to the account's allowances. */
export interface AllowanceChange {
  readonly takenBack: Amount;
  /** For the rest of running periods; each is a grant of its own. */
  readonly granted: readonly Grant[];
  readonly advances: readonly Advance[];
}

/**
 * Replaces the allowances of a plan by those of another. A name that both bring goes on with its periods. Where the change is prorated,
 * the running periods are settled by the time that is left: of each old allowance as much is taken back as goes with it, but nothing that
 * is spent or held, and each new one brings as much as goes with it. Where it isn't, what was granted stays until its period ends.
 * A recurring grant of the account's own takes the place of the plan's by that name.
 */
export function changeAllowances(
  context: DecisionContext,
  account: AccountState,
  { from, to, at }: PlanStep,
  isProrated: boolean,
): AllowanceChange {
  const before = remembered(account.refills.recurring, at);
  const planned = plannedOf(account, from);
  const lead = leadOf(planned, from, at);
  const advances = new Advances(account.refills.plan?.advances ?? [], at);
  const settled = isProrated ? [...planned, ...leftUnsettled(before, to)] : [];
  const takenBack = takeBack(context, account, settled, { at, advances });
  const ended = before.map((one) => (planned.includes(one) ? endedAt(one, at, isProrated) : one));
  const granted: Grant[] = [];
  const byName = new Map(ended.map((one) => [one.name, one]));
  for (const json of to?.terms.recurring_grants ?? []) {
    const earlier = before.find(({ name }) => name === json.name) ?? null;
    const isLive = earlier !== null && planned.includes(earlier);
    if (to === null || (earlier?.deletedAt === null && !isLive)) continue;
    const asked = { ...askedOf(account, json, to), at, before: earlier, isLive, lead, isProrated };
    byName.set(json.name, begin(context, account, asked, { advances, granted }));
  }
  const recurring = remembered([...byName.values()], at);
  setRefills(context, account, { ...account.refills, recurring });
  return { takenBack, granted, advances: advances.list };
}

/** Those that the plan has brought, and that are still its own. */
export function plannedOf({ refills }: AccountState, plan: CurrentPlan | null): readonly RecurringGrant[] {
  if (!plan) return [];
  return refills.recurring.filter((one) => one.plan === plan.plan && one.deletedAt === null);
}

/** The allowance whose periods are the plan's: the first that is in a period, or has just ended one. */
export function leadOf(
  planned: readonly RecurringGrant[],
  plan: CurrentPlan | null,
  at: number,
): RecurringGrant | null {
  for (const { name } of plan?.terms.recurring_grants ?? []) {
    const one = planned.find((other) => other.name === name);
    if (one?.last && one.last.end >= at) return one;
  }
  return null;
}

/** Those that the account has no more and that come again by their names: they may have granted the time left, too. */
function leftUnsettled(recurring: readonly RecurringGrant[], to: PlanStep['to']): readonly RecurringGrant[] {
  const names = new Set(to?.terms.recurring_grants.map(({ name }) => name));
  return recurring.filter(({ name, deletedAt }) => deletedAt !== null && names.has(name));
}

/** Takes back what goes with the time left of the running periods; what can't be taken back was granted in advance. */
function takeBack(
  context: DecisionContext,
  account: AccountState,
  settled: readonly RecurringGrant[],
  { at, advances }: { readonly at: number; readonly advances: Advances },
): Amount {
  let total = ZERO;
  for (const { name, plan, last } of settled) {
    if (!last || last.end <= at) continue;
    const left = prorated(last.amount, last.end - at, last.end - last.start);
    const grant = last.grant === null ? undefined : context.state.grants.get(last.grant);
    const unspent = grant && isSpendable(grant, timeOf(context, account)) ? grant.remaining.minus(grant.held) : ZERO;
    const taken = smallerOf(unspent, left);
    if (grant && !taken.isZero()) new Transaction(context, account).takeBack(grant, taken);
    if (grant) context.changes.lost.delete(grant);
    if (plan !== null) advances.add({ plan, name, until: last.end }, left.minus(taken));
    total = total.plus(taken);
  }
  return total;
}

/** What was taken back isn't taken back once more, should it come again within its period. */
function endedAt(one: RecurringGrant, at: number, isTakenBack: boolean): RecurringGrant {
  const last = isTakenBack && one.last ? { ...one.last, amount: ZERO, grant: null } : one.last;
  return { ...one, last, next: null, pausedAt: null, deletedAt: at };
}

function askedOf({ account }: AccountState, json: PlanGrantJson, { plan }: PlanVersionRef) {
  return {
    name: json.name,
    plan,
    terms: recurringTermsOf(json, account.terms.timeZone),
    anchor: json.anchor === null ? null : Date.parse(json.anchor),
  };
}

/** Begins an allowance, and grants the rest of the running period where that is settled. */
function begin(
  context: DecisionContext,
  account: AccountState,
  asked: Allowance,
  { advances, granted }: { readonly advances: Advances; readonly granted: Grant[] },
): RecurringGrant {
  const { one, running } = beginAllowance(asked);
  if (!running || !asked.isProrated) return one;
  const { at, plan, name } = asked;
  const { index, start, end, isGranted } = running;
  const part = prorated(running.amount, end - at, end - start);
  const amount = advances.take({ plan, name }, part);
  const issued = { amount, start: at, end, periods: isGranted ? 0 : 1 } as const;
  const grant = amount.isZero() ? null : issue(context, account, { ...one, next: { index, at } }, issued);
  if (grant) granted.push(grant);
  if (!grant && !isGranted) return one;
  return { ...one, last: { start, end, amount: running.amount, grant: grant && grant.id } };
}
