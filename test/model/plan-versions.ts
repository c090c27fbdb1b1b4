import type { PlanVersionRef } from '#ledger';
import { PLAN_NAMES, PLANS, type PlanAsk, type PlanName } from './refill-terms.ts';

/** The same UUID for the same plan. */
export function planVersion(name: PlanName): PlanVersionRef {
  const { allowances, limit, budgets } = PLANS[name];
  const terms = {
    recurring_grants: allowances.map(planGrant),
    budgets: budgets.map((one) => ({
      ...one,
      ...({ expected: null, period: 'day', time_zone: null, mode: 'hard', scope: {}, per: null } as const),
      thresholds: [],
    })),
    rate_card: null,
    overdraft_limit: limit,
    alerts: null,
  };
  return { plan: planId(name), version: 1, name, terms, cardUnit: null };
}

export function planId(name: PlanName): string {
  return `00000000-0000-7000-8000-${PLAN_NAMES.indexOf(name).toString().padStart(12, '0')}`;
}

function planGrant({ name, terms }: PlanAsk['allowances'][number]) {
  const { amount, interval, every, category, priority, scope, prorateFirst } = terms;
  const expires = typeof terms.expires === 'number' ? terms.expires / 1000 : terms.expires;
  const rollover = terms.rollover && { ...terms.rollover, percent: terms.rollover.percent?.toString() ?? null };
  const unsaid = { anchor: null, time_zone: null, price: null, currency: null };
  const said = { name, amount, interval, every, category, priority, scope, expires, rollover };
  return { ...said, ...unsaid, prorate_first: prorateFirst };
}
