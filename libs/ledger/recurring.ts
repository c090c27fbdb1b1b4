import type { Amount } from '#amounts';
import { beginningOf, periodAt, type Interval, type Recurrence } from '#calendar';
import { prorated } from './commitments.ts';
import type { GrantCategory, GrantScope } from './grant.ts';
import type { Rollover } from './period-origin.ts';

/** Allowances are spent before what was bought, whose priority is 100. */
export const DEFAULT_RECURRING_PRIORITY = 50;
export const MAX_RECURRING_GRANTS = 20;

/** When the credits of a period expire: with it, never, or so many milliseconds after it began. */
export type RecurringExpiry = 'end_of_period' | 'never' | number;

/** What an account is granted in every period. */
export interface RecurringTerms {
  readonly amount: Amount;
  readonly interval: Interval;
  /** A period takes so many intervals. */
  readonly every: number;
  readonly timeZone: string;
  readonly category: GrantCategory;
  readonly priority: number;
  readonly expires: RecurringExpiry;
  /** Only where credits expire with their period. */
  readonly rollover: Rollover | null;
  readonly scope: GrantScope | null;
  /** What a period costs, in money, and in which currency; `null`: it isn't known. */
  readonly price: Amount | null;
  readonly currency: string | null;
  /** Whether a first period that is shorter than the others brings as much less. */
  readonly prorateFirst: boolean;
}

/** A period that was granted; `end` doesn't belong to it. */
export interface GrantedPeriod {
  readonly start: number;
  readonly end: number;
  readonly amount: Amount;
  /** The grant's UUID; `null` where the part of the amount came to nothing. */
  readonly grant: string | null;
}

/**
 * Credits that an account is granted in every period. Times are milliseconds since 1970, by the account's clock. One that was deleted is
 * kept, because a new one of its name begins where its last period ends.
 */
export interface RecurringGrant {
  /** Unique within the account. */
  readonly name: string;
  /** They count from the next period on; what was granted before keeps its own. */
  readonly terms: RecurringTerms;
  /** The UUID of the plan that brought it. */
  readonly plan: string | null;
  readonly startsAt: number;
  /** No period begins then or later. */
  readonly endsAt: number | null;
  /** The instant that periods are counted from. */
  readonly anchor: number;
  readonly pausedAt: number | null;
  /** No period begins earlier: there was none yet, or those that began before were paused. */
  readonly notBefore: number;
  readonly deletedAt: number | null;
  /** The next period to be granted, and when it begins; `null` while it is paused, and where it has ended. */
  readonly next: { readonly index: number; readonly at: number } | null;
  /** The last period that was granted. */
  readonly last: GrantedPeriod | null;
  readonly createdAt: number;
}

export interface NextPeriod {
  readonly index: number;
  /** It may begin later than its index says: where the recurring grant starts in the middle, or the name's last period ends there. */
  readonly at: number;
}

export function recurrenceOf({ terms, anchor }: Pick<RecurringGrant, 'terms' | 'anchor'>): Recurrence {
  const { interval, every, timeZone } = terms;
  return { interval, every, anchor, timeZone };
}

/** Whether two recur alike: from one anchor, their periods are the same. */
export function isSameRecurrence(a: RecurringTerms, b: RecurringTerms): boolean {
  return a.interval === b.interval && a.every === b.every && a.timeZone === b.timeZone;
}

/** The period that an instant belongs to, from this instant on. */
export function periodFrom(recurring: Pick<RecurringGrant, 'terms' | 'anchor'>, at: number): NextPeriod {
  return { index: periodAt(recurrenceOf(recurring), at), at };
}

/** The first whole period that begins at an instant or later. */
export function periodBeginningFrom(recurring: Pick<RecurringGrant, 'terms' | 'anchor'>, at: number): NextPeriod {
  const recurrence = recurrenceOf(recurring);
  const index = periodAt(recurrence, at);
  const beginning = beginningOf(recurrence, index);
  return beginning === at ? { index, at } : { index: index + 1, at: beginningOf(recurrence, index + 1) };
}

export function endOfPeriod(recurring: Pick<RecurringGrant, 'terms' | 'anchor'>, { index }: NextPeriod): number {
  return beginningOf(recurrenceOf(recurring), index + 1);
}

/** What a period brings: all of the amount, or the part of it that is left where it begins in the middle. */
export function amountOfPeriod(recurring: Pick<RecurringGrant, 'terms' | 'anchor'>, next: NextPeriod): Amount {
  const { amount, prorateFirst } = recurring.terms;
  if (!prorateFirst) return amount;
  const recurrence = recurrenceOf(recurring);
  const [begin, end] = [beginningOf(recurrence, next.index), beginningOf(recurrence, next.index + 1)];
  return prorated(amount, end - next.at, end - begin);
}

/** When the credits of a period expire; `null`: never. */
export function expiryOfPeriod(
  { terms: { expires } }: Pick<RecurringGrant, 'terms'>,
  { start, end }: Pick<GrantedPeriod, 'start' | 'end'>,
): number | null {
  if (expires === 'end_of_period') return end;
  return expires === 'never' ? null : start + expires;
}

const DAYS_AT_MOST = { day: 1, week: 7, month: 31, year: 366 } as const;
/** Beyond some 200,000 years no date can be computed. */
const DAYS_COMPUTED_MAX = 200_000 * 365;
/** From the year 10,000 on no date can be stored. */
const DATES_END = Date.UTC(10_000, 0);

/**
 * When credits expire that have rolled over for so many periods, from the period of this number on.
 *
 * @returns milliseconds since 1970; `null` where nothing bounds how long credits roll over, or only what no calendar reaches
 */
export function rolledUntil(
  one: Pick<RecurringGrant, 'terms' | 'anchor'>,
  from: number,
  periods: number | null,
): number | null {
  const { interval, every } = one.terms;
  if (periods === null || periods * every * DAYS_AT_MOST[interval] > DAYS_COMPUTED_MAX) return null;
  const until = beginningOf(recurrenceOf(one), from + periods);
  return until < DATES_END ? until : null;
}

/** Those that an account has; deleted ones are none of them. */
export function liveRecurring(recurring: readonly RecurringGrant[]): readonly RecurringGrant[] {
  return recurring.filter(({ deletedAt }) => deletedAt === null);
}

/** Those whose names count yet: a name that was deleted may begin anew at any time once its last period is over. */
export function remembered(recurring: readonly RecurringGrant[], now: number): readonly RecurringGrant[] {
  return recurring.filter(({ deletedAt, last }) => deletedAt === null || (last !== null && last.end > now));
}
