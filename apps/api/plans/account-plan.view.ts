import { publicId, type CurrentPlan, type NextPlan, type PlanDecision } from '#ledger';
import { timeView } from '../lists/time-view.ts';
import { planTermsView } from './plan-terms.view.ts';

export function accountPlanView({ account, plan: { current, next } }: PlanDecision) {
  return { account: account.id, plan: current && currentPlanView(current), next: next && nextPlanView(next) };
}

export function currentPlanView({ plan, name, version, since, terms }: CurrentPlan) {
  return { id: publicId('plan', plan), name, version, since: timeView(since), ...planTermsView(terms) };
}

export function nextPlanView({ to, at }: NextPlan) {
  return {
    plan: to && publicId('plan', to.plan),
    name: to && to.name,
    version: to && to.version,
    at: timeView(at),
  };
}
