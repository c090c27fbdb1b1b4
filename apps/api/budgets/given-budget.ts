import { Amount } from '#amounts';
import { DEFAULT_BUDGET_THRESHOLDS, type Budget, type BudgetField, type BudgetRaise } from '#ledger';
import { invalidRequest } from '../validation/body-pipe.ts';
import { plainScopeName } from '../validation/budget-scope.ts';
import { mustBeInstant, parseInstant } from '../validation/rules.ts';
import type { PutBudgetBody, RaiseBody, UpdateBudgetBody } from './budget.body.ts';

type Terms = Pick<Budget, Exclude<BudgetField, 'owner'>>;

/**
 * What a body says of a budget, with the defaults for what it doesn't say.
 *
 * @throws {ProblemError} `invalid_request` where its fields don't go together
 */
export function givenTerms(body: PutBudgetBody): Terms {
  refuseAnchorOfAll(body);
  return {
    amount: new Amount(body.amount),
    period: body.period,
    expected: body.expected ? new Amount(body.expected) : null,
    anchor: parseInstant(body.anchor),
    timeZone: body.time_zone ?? null,
    mode: body.mode ?? 'hard',
    scope: scopeOf(body.scope ?? {}),
    per: body.per ? plainScopeName(body.per) : null,
    thresholds: body.thresholds ? rising(body.thresholds) : DEFAULT_BUDGET_THRESHOLDS,
    until: parseInstant(body.until),
  };
}

/** @throws {ProblemError} `invalid_request` where its fields don't go together */
export function givenChanges(body: UpdateBudgetBody): Partial<Pick<Budget, BudgetField>> {
  const { amount, period, expected, anchor, time_zone, mode, scope, per, thresholds, until, owner } = body;
  refuseAnchorOfAll(body);
  return {
    ...(amount && { amount: new Amount(amount) }),
    ...(period && { period }),
    ...(expected !== undefined && { expected: expected === null ? null : new Amount(expected) }),
    ...(anchor !== undefined && { anchor: parseInstant(anchor) }),
    ...(time_zone !== undefined && { timeZone: time_zone }),
    ...(mode && { mode }),
    ...(scope !== undefined && { scope: scopeOf(scope ?? {}) }),
    ...(per !== undefined && { per: per === null ? null : plainScopeName(per) }),
    ...(thresholds && { thresholds: rising(thresholds) }),
    ...(until !== undefined && { until: parseInstant(until) }),
    ...(owner && { owner }),
  };
}

export function givenRaise({ amount, until, reason }: RaiseBody): BudgetRaise & { readonly reason: string } {
  return { amount: new Amount(amount), until: mustBeInstant(until), reason };
}

function refuseAnchorOfAll({ period, anchor }: Pick<UpdateBudgetBody, 'period' | 'anchor'>): void {
  if (period !== 'total' || !anchor) return;
  throw invalidRequest([{ field: 'anchor', message: 'must not be given with the period total, which has no start' }]);
}

/** In one order, so that budgets that say the same are the same. */
export function scopeOf(scope: Readonly<Record<string, string | readonly string[]>>): Budget['scope'] {
  return Object.fromEntries(
    Object.entries(scope)
      .map(([name, values]): [string, string[]] => [plainScopeName(name), [values].flat().sort()])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function rising(thresholds: readonly number[]): readonly number[] {
  return thresholds.toSorted((a, b) => a - b);
}
