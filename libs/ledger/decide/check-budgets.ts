import { type Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { BudgetScope, CountedValue } from '../budget-scope.ts';
import type { Counter, Reservation } from '../counters.ts';
import type { Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { assumeEmpty } from './assume-window.ts';
import type { BatchSoFar } from './batch-so-far.ts';
import { windowAt } from './budget-windows.ts';
import { budgetsOf } from './budgets-of.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { Limit, LimitedRequest, SpendingWindow } from './limit.ts';
import { loadedWindow } from './windows.ts';

/** What budgets say about a request. */
export interface Budgeted {
  readonly checks: Limit[];
  readonly windows: SpendingWindow[];
}

/** The budgets that a new authorization falls under, in the order in which they refuse. */
export function checkBudgets(context: DecisionContext, account: AccountState, request: LimitedRequest): Budgeted {
  const checks: Limit[] = [];
  const windows: SpendingWindow[] = [];
  for (const scope of budgetsOf(context, account)) {
    if (!scope.isInForce(request.at)) continue;
    for (const counted of scope.countersOf(request)) {
      const row = account.counters.at(counted.counter, request.at);
      const window = spendingWindow(account, scope, counted, { row, at: request.at, now: request.at });
      if (!row) assumeEmpty(context, account, window);
      windows.push(window);
      if (window.limit !== null)
        checks.push(new BudgetLimit(context, account, scope, { window, row, own: request.own }));
    }
  }
  return { checks, windows };
}

/**
 * The budgets that an open authorization counts for, when it asks for more. One that was changed since, so that it wouldn't count
 * any more, or that was deleted, bounds it no longer.
 */
export function checkBudgetsOfMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  own: () => BatchSoFar,
): Budgeted {
  const now = timeOf(context, account);
  const scopes = new Map<string, BudgetScope>();
  for (const scope of budgetsOf(context, account)) {
    if (!scope.isInForce(now)) continue;
    for (const { counter } of scope.countersOf(authorization)) scopes.set(counter, scope);
  }
  const checks: Limit[] = [];
  const windows: SpendingWindow[] = [];
  for (const reservation of authorization.reservations) {
    const row = budgetWindow(account, reservation);
    if (!row) continue;
    const scope = scopes.get(row.counter);
    const window = scope
      ? spendingWindow(account, scope, row, { row, at: row.windowStart, now })
      : { ...placeOf(row), limit: null };
    windows.push(window);
    if (scope && window.limit !== null) checks.push(new BudgetLimit(context, account, scope, { window, row, own }));
  }
  return { checks, windows };
}

function budgetWindow(account: AccountState, reservation: Reservation): Counter | null {
  if (reservation.of !== 'spending') return null;
  const row = loadedWindow(account, reservation);
  return row.kind === 'budget' ? row : null;
}

function placeOf({ counter, name, value, windowStart: start, windowEnd: end }: Counter): Omit<SpendingWindow, 'limit'> {
  return { counter, kind: 'budget', name, value, window: { start, end } };
}

interface Instants {
  /** The window, where anything was counted in it. */
  readonly row: Counter | undefined;
  /** An instant of the window. */
  readonly at: number;
  readonly now: number;
}

function spendingWindow(
  account: AccountState,
  scope: BudgetScope,
  { counter, value }: CountedValue,
  { row, at, now }: Instants,
): SpendingWindow {
  const { name, mode } = scope.budget;
  const limit = mode === 'hard' ? scope.limitAt(now) : null;
  if (row) return { ...placeOf(row), limit };
  const { counters } = account;
  const window = windowAt({ counters, timeZone: account.account.terms.timeZone }, scope, counter, at);
  return { counter, kind: 'budget', name, value, window, limit };
}

interface Checked {
  readonly window: SpendingWindow;
  readonly row: Counter | undefined;
  /** What the same request, or earlier items of its batch, hold and lack. */
  readonly own: () => BatchSoFar;
}

/** A hard budget's window. */
class BudgetLimit implements Limit {
  readonly room: Amount;
  private readonly limit: Amount;
  private readonly spent: Amount;
  private readonly reserved: Amount;

  constructor(
    private readonly context: DecisionContext,
    private readonly account: AccountState,
    private readonly scope: BudgetScope,
    private readonly checked: Checked,
  ) {
    const { row, window } = checked;
    this.limit = window.limit ?? ZERO;
    this.spent = row?.used ?? ZERO;
    this.reserved = row?.reserved ?? ZERO;
    this.room = row ? this.limit.minus(this.spent).minus(this.reserved) : this.limit;
  }

  /** What costs nothing is never too much. */
  refusal(required: Amount): Refusal | null {
    if (required.lte(this.room) || required.isZero()) return null;
    const { budget } = this.scope;
    const { value, window } = this.checked.window;
    const own = this.checked.own();
    const ownHeld = this.ownHeld(own);
    const common = { required, limit: this.limit, spent: this.spent, held: this.reserved.minus(ownHeld) };
    return {
      code: 'budget_exceeded',
      account: this.account.account.id,
      budget: budget.id,
      name: budget.name,
      value,
      ...common,
      resetsAt: window.end,
      ...this.retry(own, required.plus(ownHeld).plus(this.ownLacking(own))),
    };
  }

  /** What waiting for others doesn't bring back. */
  private ownHeld({ holds }: BatchSoFar): Amount {
    const { counter, window } = this.checked.window;
    let held = ZERO;
    for (const { reservations } of holds) {
      const own = reservations.find((one) => one.counter === counter && one.windowStart === window.start);
      if (own) held = held.plus(own.amount);
    }
    return held;
  }

  /** What earlier items of the same batch were refused: what comes free can't serve both. */
  private ownLacking({ refusals }: BatchSoFar): Amount {
    const { budget } = this.scope;
    const { value } = this.checked.window;
    const isOfThis = (one: Refusal): boolean =>
      one.code === 'budget_exceeded' && one.budget === budget.id && one.value === value;
    return refusals.reduce((sum, one) => ('required' in one && isOfThis(one) ? sum.plus(one.required) : sum), ZERO);
  }

  /**
   * When to ask again, if there is enough room once others have let go of what they hold: after as long as holds of the account
   * usually last. Before any has settled, the next expiry has to do.
   */
  private retry({ nextExpiry }: BatchSoFar, needed: Amount) {
    if (needed.gt(this.limit.minus(this.spent))) return { retryAfterSeconds: null, expiryIsExact: true };
    const now = timeOf(this.context, this.account);
    const usual = this.account.account.holdLifetimeMs;
    const wait = usual ?? (nextExpiry.at ?? now) - now;
    const until = (this.checked.window.window.end ?? Number.POSITIVE_INFINITY) - now;
    const seconds = Math.max(Math.ceil(Math.min(wait, until) / 1000), 1);
    return { retryAfterSeconds: seconds, expiryIsExact: usual !== null || nextExpiry.isExact };
  }
}
