import type { PlanBudgetJson, PlanGrantJson, PlanTermsJson } from '#ledger';

/** What a plan brings, in one order of fields: an account keeps them in the order of its database. */
export function planTermsView(terms: PlanTermsJson): PlanTermsJson {
  const { recurring_grants, budgets, rate_card, overdraft_limit, alerts } = terms;
  return {
    recurring_grants: recurring_grants.map(grantView),
    budgets: budgets.map(budgetView),
    rate_card,
    overdraft_limit,
    alerts: alerts && { percent: alerts.percent, remaining: alerts.remaining },
  };
}

function grantView(grant: PlanGrantJson): PlanGrantJson {
  const { name, amount, interval, every, anchor, time_zone, category, priority, expires, rollover } = grant;
  const { scope, price, currency, prorate_first } = grant;
  return {
    ...{ name, amount, interval, every, anchor, time_zone, category, priority, expires },
    rollover: rollover && { max: rollover.max, percent: rollover.percent, periods: rollover.periods },
    ...{ scope, price, currency, prorate_first },
  };
}

function budgetView(budget: PlanBudgetJson): PlanBudgetJson {
  const { name, amount, expected, period, time_zone, mode, scope, per, thresholds } = budget;
  return { name, amount, expected, period, time_zone, mode, scope, per, thresholds };
}
