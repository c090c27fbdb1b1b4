import { formatAmount, type Amount } from '#amounts';
import type { BudgetScope } from '../budget-scope.ts';
import type { Counter } from '../counters.ts';
import type { BudgetWindowData } from '../events.ts';
import { publicId } from '../ids.ts';
import { percentOf } from '../percent.ts';
import type { AccountState } from '../state.ts';
import { budgetsOf } from './budgets-of.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';

/** Tells which thresholds the spending in a window of a budget has reached, and that it is beyond the limit; each once. */
export function alertOnBudget(context: DecisionContext, account: AccountState, window: Counter): void {
  const scope = budgetsOf(context, account).find(({ budget }) => budget.name === window.name);
  // One of another calendar than the window's counts elsewhere by now.
  if (scope?.counterOf(window.value).counter !== window.counter) return;
  const limit = scope.limitAt(timeOf(context, account));
  const crossed = thresholdsReached(scope, window);
  if (crossed.length > 0) reportThresholds(context, account, { scope, window, limit }, crossed);
  if (!window.exceeded && window.used.gt(limit)) reportExcess(context, account, { scope, window, limit });
}

interface Spent {
  readonly scope: BudgetScope;
  readonly window: Counter;
  readonly limit: Amount;
}

function thresholdsReached({ thresholds }: BudgetScope, { used, alerted }: Counter): readonly number[] {
  return thresholds.flatMap(({ percent, spent }) => (percent > (alerted ?? -1) && used.gte(spent) ? [percent] : []));
}

function reportThresholds(
  context: DecisionContext,
  account: AccountState,
  spent: Spent,
  crossed: readonly number[],
): void {
  const { scope, window } = spent;
  const percent = Math.max(...crossed);
  window.alerted = percent;
  const reached = { percent, crossed, used_percent: usedPercent(scope, window) };
  const id = emit(context, account, 'budget.threshold_reached', { ...windowData(spent), ...reached });
  for (const threshold of crossed) sent(context, window, id, String(threshold));
}

function reportExcess(context: DecisionContext, account: AccountState, spent: Spent): void {
  spent.window.exceeded = true;
  sent(context, spent.window, emit(context, account, 'budget.exceeded', windowData(spent)), 'exceeded');
}

function sent({ changes }: DecisionContext, window: Counter, eventId: string, threshold: string): void {
  const { accountKey, counter, windowStart } = window;
  changes.counters.update(window);
  changes.sentBudgetAlerts.push({ accountKey, counter, windowStart, threshold, eventId });
}

/** Of the amount, or of what is expected. */
function usedPercent({ budget }: BudgetScope, { used }: Counter): string {
  return percentOf(used, budget.expected ?? budget.amount);
}

function windowData({ scope: { budget }, window, limit }: Spent): BudgetWindowData {
  const time = (instant: number): string => new Date(instant).toISOString();
  return {
    budget: publicId('budget', budget.id),
    name: budget.name,
    value: window.value,
    window: { start: time(window.windowStart), end: window.windowEnd === null ? null : time(window.windowEnd) },
    spent: formatAmount(window.used),
    limit: formatAmount(limit),
  };
}
