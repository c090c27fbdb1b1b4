import { type Amount, ZERO } from '#amounts';
import { windowOf, type Window } from '#calendar';
import type { BudgetScope, CountedValue } from '../budget-scope.ts';
import type { Counters } from '../counters.ts';
import { between } from './windows.ts';

/** What is counted of a budget in the window of an instant. */
export interface BudgetWindow {
  /** The value that has it for itself; `null` where all share it. */
  readonly value: string | null;
  readonly window: Window;
  /** Charged, less refunds. */
  readonly spent: Amount;
  /** Held by open authorizations. */
  readonly held: Amount;
}

/** An account as far as windows of its budgets depend on it. */
export interface Calendar {
  /** Of which those are known that reach into the window. */
  readonly counters: Counters;
  readonly timeZone: string;
}

/** The window of a budget that an instant belongs to, which may not be written yet. */
export function windowAt(
  { counters, timeZone }: Calendar,
  { budget: { period, anchor, timeZone: own } }: BudgetScope,
  counter: string,
  at: number,
): Window {
  return between(counters.windowsOf(counter), windowOf(period, own ?? timeZone, at, anchor), at);
}

/** The window of a budget's value at an instant, with what is counted in it. */
export function budgetWindowAt(
  calendar: Calendar,
  scope: BudgetScope,
  { counter, value }: CountedValue,
  at: number,
): BudgetWindow {
  const row = calendar.counters.at(counter, at);
  if (!row) return { value, window: windowAt(calendar, scope, counter, at), spent: ZERO, held: ZERO };
  return { value, window: { start: row.windowStart, end: row.windowEnd }, spent: row.used, held: row.reserved };
}

/** The window that all share; none where each value has its own. */
export function windowsNow(calendar: Calendar, scope: BudgetScope, now: number): readonly BudgetWindow[] {
  return scope.budget.per === null ? [budgetWindowAt(calendar, scope, scope.counterOf(null), now)] : [];
}
