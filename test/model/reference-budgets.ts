import type { Tags, Usage } from '#ledger';
import { heldBy, type CountedIn, type ReferenceAuthorization } from './reference-books.ts';
import { ReferenceCounters } from './reference-counters.ts';
import { noAccount, ownId, refusal, type BatchSoFar, type Purpose } from './reference-funding.ts';
import type { AccountName, Answer, BudgetZone, Requests } from './requests.ts';
import { sum, text, units, type Units } from './units.ts';
import { EPOCH } from './world.ts';

export interface ReferenceBudget {
  readonly account: AccountName;
  readonly name: string;
  readonly amount: Units;
  readonly period: 'day' | 'month' | 'total';
  readonly mode: 'hard' | 'soft';
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly per: string | null;
  readonly zone: BudgetZone | null;
  readonly until: number | null;
  readonly raise: { readonly amount: Units; readonly until: number } | null;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How far clocks are ahead of UTC; neither zone ever changes that. */
const AHEAD: Readonly<Record<BudgetZone, number>> = { UTC: 0, 'Asia/Kathmandu': 345 * MINUTE };

/** What accounts may spend in a period. What they have spent is added up anew from their authorizations whenever somebody asks. */
export class ReferenceBudgets extends ReferenceCounters {
  /** In the order in which they were made. */
  budgets: ReferenceBudget[] = [];

  putBudget(request: Requests['put_budget']): Answer {
    const refused = this.refusesBudgets(request.account);
    if (refused) return refused;
    const { account, name, period, mode, scope, per, zone, until, mustBeNew } = request;
    const amount = units(request.amount);
    const budget: ReferenceBudget = { account, name, amount, period, mode, scope, per, zone, until, raise: null };
    const there = this.budgetOf(request.account, request.name);
    if (!there) {
      this.budgets.push(budget);
      return { code: 'ok', created: true, budget: budget.name, amount: text(budget.amount) };
    }
    const differing = differences(there, budget);
    if (mustBeNew && differing.length > 0) return { ...refusal('budget_exists'), name: budget.name, differing };
    this.budgets = this.budgets.map((one) => (one === there ? { ...budget, raise: one.raise } : one));
    return { code: 'ok', created: false, budget: budget.name, amount: text(budget.amount) };
  }

  deleteBudget({ account, name }: Requests['delete_budget']): Answer {
    const there = this.refusesBudgets(account) ?? this.budgetOf(account, name) ?? refusal('budget_not_found');
    if ('code' in there) return there;
    this.budgets = this.budgets.filter((one) => one !== there);
    return { code: 'ok', created: false, budget: name, amount: text(there.amount) };
  }

  raiseBudget({ account, name, raise }: Requests['raise_budget']): Answer {
    const there = this.refusesBudgets(account) ?? this.budgetOf(account, name) ?? refusal('budget_not_found');
    if ('code' in there) return there;
    const raised = { ...there, raise: raise && { amount: units(raise.amount), until: raise.until } };
    this.budgets = this.budgets.map((one) => (one === there ? raised : one));
    return { code: 'ok', created: false, budget: name, amount: text(there.amount) };
  }

  refusesBudgets(account: AccountName): Answer | null {
    const there = this.accounts.find(({ name }) => name === account);
    if (!there) return noAccount(account);
    return there.status === 'closed' ? { ...refusal('account_closed'), account: ownId(account) } : null;
  }

  budgetOf(account: AccountName, name: string): ReferenceBudget | undefined {
    return this.budgets.find((one) => one.account === account && one.name === name);
  }

  /** Where a new authorization will count. */
  countedIn(ask: Purpose): CountedIn[] {
    return this.budgetsOf(ask.account).flatMap((budget) =>
      valuesOf(budget, ask).map((value) => this.windowOf(budget, value, this.now)),
    );
  }

  budgetsOf(account: AccountName): ReferenceBudget[] {
    return this.budgets.filter((one) => one.account === account && (one.until === null || this.now < one.until));
  }

  /** The window of an instant: one in which anything counts already, or one of the calendar that reaches into none of these. */
  windowOf(budget: ReferenceBudget, value: string | null, at: number): CountedIn {
    const { account, name, period, zone } = budget;
    const of = [name, period, ...(value === null ? [] : [value])].join('/');
    const known = this.authorizations
      .filter((one) => one.account === account)
      .flatMap(({ counted }) => counted.filter((one) => one.of === of));
    const here = known.find(({ start, end }) => start <= at && at < end);
    if (here) return here;
    const [start, end] = calendarWindow(period, AHEAD[zone ?? 'UTC'], at);
    return {
      of,
      budget: name,
      value,
      start: Math.max(start, ...known.filter((one) => one.end <= at).map((one) => one.end)),
      end: Math.min(end, ...known.filter((one) => one.start > at).map((one) => one.start)),
    };
  }

  countingIn(account: AccountName, { of, start }: CountedIn): ReferenceAuthorization[] {
    const isHere = (one: CountedIn): boolean => one.of === of && one.start === start;
    return this.authorizations.filter((one) => one.account === account && one.counted.some(isHere));
  }

  spentIn(account: AccountName, window: CountedIn): Units {
    return sum(this.countingIn(account, window), (one) => this.committed(one) - this.refunded(one));
  }

  heldIn(account: AccountName, window: CountedIn): Units {
    return sum(this.countingIn(account, window), heldBy);
  }

  /** Says which budget has no room for this, for a new authorization or for more of one that is open. */
  overBudget(
    ask: Purpose,
    required: Units,
    batch: BatchSoFar,
    counted: readonly CountedIn[] = this.countedIn(ask),
  ): Answer | null {
    if (required === 0n) return null;
    for (const window of counted) {
      const budget = this.budgetsOf(ask.account).find((one) => this.counts(one, ask, window));
      if (budget?.mode !== 'hard') continue;
      const limit = budget.raise && this.now < budget.raise.until ? budget.raise.amount : budget.amount;
      const [spent, held] = [this.spentIn(ask.account, window), this.heldIn(ask.account, window)];
      if (spent + held + required > limit) return this.budgetExceeded(ask, { required, limit, spent, window, batch });
    }
    return null;
  }

  /** Whether it is this budget that a window is of, as the budget is now. */
  counts(budget: ReferenceBudget, ask: Purpose, { of }: CountedIn): boolean {
    return valuesOf(budget, ask).some((value) => this.windowOf(budget, value, this.now).of === of);
  }

  budgetExceeded(
    ask: Purpose,
    exceeded: {
      readonly required: Units;
      readonly limit: Units;
      readonly spent: Units;
      readonly window: CountedIn;
      readonly batch: BatchSoFar;
    },
  ): Answer {
    const { required, limit, spent, window, batch } = exceeded;
    const others = this.countingIn(ask.account, window).filter((one) => !batch.own.includes(one));
    const own = this.heldIn(ask.account, window) - sum(others, heldBy);
    const name = `${ask.account}/${window.budget}/${String(window.value)}`;
    const missed = batch.missed.get(name) ?? 0n;
    batch.missed.set(name, missed + required);
    const passesOnceSettled = spent + own + missed + required <= limit;
    return {
      ...refusal('budget_exceeded'),
      account: ownId(ask.account),
      name: window.budget,
      value: window.value,
      required: text(required),
      limit: text(limit),
      spent: text(spent),
      held: text(sum(others, heldBy)),
      resetsAt: window.end === Infinity ? null : window.end,
      retryAfter: passesOnceSettled ? this.whenToRetry(ask.account, window, batch) : null,
    };
  }

  whenToRetry(account: AccountName, { end }: CountedIn, { own }: BatchSoFar): number {
    const expiries = this.open(account).filter((one) => !own.includes(one));
    const firstExpiry = Math.min(...expiries.map(({ expiresAt }) => expiresAt ?? Infinity)) - this.now;
    const usual = this.usualLifetime(account);
    const wait = Math.min(usual === Infinity ? firstExpiry : usual, end - this.now);
    return Math.max(1, Math.ceil(wait / 1000));
  }
}

/** The values that have windows of their own; `null` where all share one, none at all where the request doesn't count. */
function valuesOf({ scope, per }: ReferenceBudget, { usage, tags }: Purpose): (string | null)[] {
  const parts: readonly (Usage | null)[] = usage.length === 0 ? [null] : usage;
  const counting = parts.filter((part) =>
    Object.entries(scope).every(([name, values]) => values.includes(valueOf(name, part, tags))),
  );
  if (per !== null) return [...new Set(counting.map((part) => valueOf(per, part, tags)))];
  return counting.length > 0 ? [null] : [];
}

function valueOf(name: string, usage: Usage | null, tags: Tags): string {
  const value = name === 'model' ? usage?.model : name === 'event' ? usage?.event : tags[name];
  return value ?? '(none)';
}

/** @param ahead how far the zone's clocks are ahead of UTC */
function calendarWindow(period: ReferenceBudget['period'], ahead: number, at: number): [start: number, end: number] {
  const local = EPOCH + at + ahead;
  if (period === 'total') return [-EPOCH, Infinity];
  if (period === 'day') {
    const start = Math.floor(local / DAY) * DAY - ahead - EPOCH;
    return [start, start + DAY];
  }
  const date = new Date(local);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [Date.UTC(year, month) - ahead - EPOCH, Date.UTC(year, month + 1) - ahead - EPOCH];
}

function differences(a: ReferenceBudget, b: ReferenceBudget): string[] {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return [
    ...(a.amount === b.amount ? [] : ['amount']),
    ...(a.period === b.period ? [] : ['period']),
    ...(a.zone === b.zone ? [] : ['timeZone']),
    ...(a.mode === b.mode ? [] : ['mode']),
    ...(same(a.scope, b.scope) ? [] : ['scope']),
    ...(a.per === b.per ? [] : ['per']),
    ...(a.until === b.until ? [] : ['until']),
  ];
}
