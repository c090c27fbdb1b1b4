import { publicId } from '#ledger';
import type { Plan } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

export function planView(plan: Plan) {
  const { recurring_grants, budgets, rate_card, overdraft_limit, alerts } = plan.terms;
  return {
    id: publicId('plan', plan.id),
    name: plan.name,
    version: plan.version,
    recurring_grants,
    budgets,
    rate_card,
    overdraft_limit,
    alerts,
    created_at: timeView(plan.planCreatedAt),
    updated_at: timeView(plan.createdAt),
  };
}
