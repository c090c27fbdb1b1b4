import { Amount, formatAmount } from '#amounts';
import { budgetLimitAt, publicId, type Budget, type BudgetWindow } from '#ledger';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

/** A budget as it is at an instant of its account's time. */
export interface BudgetNow {
  readonly budget: Budget;
  readonly windows: readonly BudgetWindow[];
  readonly asOf: number;
}

export function budgetView(
  { budget, windows, asOf }: BudgetNow,
  { account, inherited }: { readonly account: string; readonly inherited: boolean },
) {
  const { raise, owner } = budget;
  const limit = budgetLimitAt(budget, asOf);
  const { id, name, ...terms } = budgetTermsView(budget);
  return {
    id,
    account,
    name,
    ...terms,
    raise:
      raise === null || raise.until <= asOf
        ? null
        : { amount: formatAmount(raise.amount), until: timeView(raise.until), reason: raise.reason },
    owner,
    inherited,
    windows: windows.map((window) => windowView(window, limit)),
  };
}

/** What an operator has set of a budget. */
export function budgetTermsView(budget: Omit<Budget, 'raise' | 'owner'>) {
  return {
    id: publicId('budget', budget.id),
    name: budget.name,
    amount: formatAmount(budget.amount),
    expected: budget.expected && formatAmount(budget.expected),
    period: budget.period,
    anchor: optionalTimeView(budget.anchor),
    time_zone: budget.timeZone,
    mode: budget.mode,
    scope: budget.scope,
    per: budget.per,
    thresholds: budget.thresholds,
    until: optionalTimeView(budget.until),
    created_at: timeView(budget.createdAt),
  };
}

export function windowView({ value, window, spent, held }: BudgetWindow, limit: Amount) {
  return {
    value,
    start: timeView(window.start),
    resets_at: optionalTimeView(window.end),
    spent: formatAmount(spent),
    held: formatAmount(held),
    remaining: formatAmount(Amount.max(limit.minus(spent).minus(held), 0)),
  };
}
