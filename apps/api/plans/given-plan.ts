import { Amount, formatAmount } from '#amounts';
import {
  DEFAULT_BUDGET_THRESHOLDS,
  DEFAULT_RECURRING_PRIORITY,
  type PlanBudgetJson,
  type PlanGrantJson,
  type PlanTermsJson,
} from '#ledger';
import { givenRules } from '../alerts/alert-rules.ts';
import { grantScope } from '../grants/grant-scope.ts';
import { optionalTimeView } from '../lists/time-view.ts';
import { rising, scopeOf } from '../budgets/given-budget.ts';
import { allowanceMismatches } from '../recurring-grants/allowance-mismatches.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { plainScopeName } from '../validation/budget-scope.ts';
import { parseInstant } from '../validation/rules.ts';
import { type CreatePlanBody, type PlanBudgetBody, type PlanGrantBody, type UpdatePlanBody } from './plan.body.ts';

type Parts = Omit<UpdatePlanBody, 'name' | 'apply'>;

/** @throws {ProblemError} `invalid_request` where its fields don't go together */
export function givenPlanTerms(body: CreatePlanBody): PlanTermsJson {
  refuseMismatches(body);
  return {
    recurring_grants: (body.recurring_grants ?? []).map(grantJson),
    budgets: (body.budgets ?? []).map(budgetJson),
    rate_card: body.rate_card ?? null,
    overdraft_limit: plainAmount(body.overdraft_limit),
    alerts: alertsJson(body.alerts),
  };
}

/**
 * Only what was given.
 *
 * @throws {ProblemError} `invalid_request` where its fields don't go together
 */
export function givenPlanChanges(body: UpdatePlanBody): Partial<PlanTermsJson> {
  refuseMismatches(body);
  return {
    ...(body.recurring_grants !== undefined && { recurring_grants: (body.recurring_grants ?? []).map(grantJson) }),
    ...(body.budgets !== undefined && { budgets: (body.budgets ?? []).map(budgetJson) }),
    ...(body.rate_card !== undefined && { rate_card: body.rate_card }),
    ...(body.overdraft_limit !== undefined && { overdraft_limit: plainAmount(body.overdraft_limit) }),
    ...(body.alerts !== undefined && { alerts: alertsJson(body.alerts) }),
  };
}

function refuseMismatches({ recurring_grants }: Parts): void {
  const faults = (recurring_grants ?? []).flatMap((grant, index) =>
    allowanceMismatches(grant).map(({ field, message }) => ({
      field: `recurring_grants.${String(index)}.${field}`,
      message,
    })),
  );
  if (faults.length > 0) throw invalidRequest(faults);
}

function grantJson(body: PlanGrantBody): PlanGrantJson {
  const { rollover } = body;
  return {
    name: body.name,
    amount: formatAmount(new Amount(body.amount)),
    interval: body.interval,
    every: body.every ?? 1,
    anchor: optionalTimeView(parseInstant(body.anchor)),
    time_zone: body.time_zone ?? null,
    category: body.category ?? 'included',
    priority: body.priority ?? DEFAULT_RECURRING_PRIORITY,
    expires: body.expires ?? 'end_of_period',
    rollover: rollover
      ? {
          max: plainAmount(rollover.max),
          percent: plainAmount(rollover.percent),
          periods: rollover.periods ?? null,
        }
      : null,
    scope: body.scope ? grantScope(body.scope) : null,
    price: plainAmount(body.price),
    currency: body.currency?.toUpperCase() ?? null,
    prorate_first: body.prorate_first ?? false,
  };
}

function budgetJson(body: PlanBudgetBody): PlanBudgetJson {
  return {
    name: body.name,
    amount: formatAmount(new Amount(body.amount)),
    expected: plainAmount(body.expected),
    period: body.period,
    time_zone: body.time_zone ?? null,
    mode: body.mode ?? 'hard',
    scope: scopeOf(body.scope ?? {}),
    per: body.per ? plainScopeName(body.per) : null,
    thresholds: body.thresholds ? rising(body.thresholds) : DEFAULT_BUDGET_THRESHOLDS,
  };
}

function alertsJson(body: CreatePlanBody['alerts']): PlanTermsJson['alerts'] {
  if (!body) return null;
  const { percent, remaining } = givenRules(body);
  return { percent, remaining: remaining && remaining.map(formatAmount) };
}

/** One text for one amount, however it was written. */
function plainAmount(text: string | number | null | undefined): string | null {
  return text === null || text === undefined ? null : formatAmount(new Amount(text));
}
