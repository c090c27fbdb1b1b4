import { Amount, formatAmount } from '#amounts';
import { beginningOf, periodAt } from '#calendar';
import { runningPeriod } from '../commitments.ts';
import type { Grant } from '../grant.ts';
import type { PeriodOrigin } from '../period-origin.ts';
import {
  amountOfPeriod,
  endOfPeriod,
  expiryOfPeriod,
  periodFrom,
  recurrenceOf,
  rolledUntil,
  type NextPeriod,
  type RecurringGrant,
} from '../recurring.ts';
import type { AccountState } from '../state.ts';
import { enter } from './alert-on-balance.ts';
import type { DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import { newGrant } from './new-grant.ts';
import type { RefillIncident } from './refill-incident.ts';
import { setRefills } from './set-refills.ts';
import { Transaction } from './transaction.ts';

/** Of a recurring grant, so many periods that are over are granted one by one. Those before are booked as one sum. */
const SINGLES_MAX = 100;

/** Of others, no more periods than this are granted together with a sum. */
const PERIODS_BESIDE_MAX = 500;

/** No grant can be of so much. */
const AMOUNT_END = new Amount('1e26');

/** Grants the periods that begin at an instant, each exactly once, as of the instant. They repay debt first. */
export function grantPeriods(context: DecisionContext, account: AccountState, at: number): readonly Grant[] {
  const granted: Grant[] = [];
  const recurring = account.refills.recurring.map((one) => {
    if (!one.next || one.next.at > at) return one;
    const next = notEmpty(one, one.next);
    const [end, amount] = [endOfPeriod(one, next), amountOfPeriod(one, next)];
    const grant = amount.isZero() ? null : issue(context, account, { ...one, next }, { amount, start: next.at, end });
    if (grant) granted.push(grant);
    return passedTo(one, { index: next.index + 1, at: end }, { amount, grant });
  });
  setRefills(context, account, { ...account.refills, recurring });
  return granted;
}

/** A day that the time zone has left out is no period: it begins and ends with the next. */
function notEmpty(one: RecurringGrant, next: NextPeriod): NextPeriod {
  return endOfPeriod(one, next) > next.at ? next : periodFrom(one, next.at);
}

/** A recurring grant of which all periods were granted that begin before this one. */
function passedTo(
  one: RecurringGrant,
  next: NextPeriod,
  { amount, grant }: { readonly amount: Amount; readonly grant: Grant | null },
): RecurringGrant {
  const start = one.next?.at ?? next.at;
  const hasEnded = one.endsAt !== null && next.at >= one.endsAt;
  return { ...one, next: hasEnded ? null : next, last: { start, end: next.at, amount, grant: grant && grant.id } };
}

interface Issued extends Pick<PeriodOrigin, 'start' | 'end'> {
  readonly amount: Amount;
  /** One, where it isn't said. */
  readonly periods?: 0 | 1;
}

/** Makes the grant of a period, or of the rest of one; `next` is that period. */
export function issue(context: DecisionContext, account: AccountState, one: RecurringGrant, issued: Issued): Grant {
  const { amount, start, end, periods = 1 } = issued;
  const grant = newGrant(context, account, {
    ...termsOf(one, amount),
    effectiveAt: start,
    expiresAt: expiryOfPeriod(one, { start, end }),
    createdAt: start,
    period: originOf(one, { start, end, periods }),
  });
  const books = new Transaction(context, account);
  books.issue(grant, start);
  enter(context, account, grant, amount);
  books.repayDebt(grant, start);
  return grant;
}

function termsOf({ terms }: RecurringGrant, amount: Amount) {
  const { category, priority, scope, price, currency } = terms;
  const costBasis = price && price.div(terms.amount).toDecimalPlaces(12);
  const amountPaid = price && price.times(amount).div(terms.amount).toDecimalPlaces(12);
  return { amount, category, priority, scope, costBasis, amountPaid, currency, metadata: {} };
}

function originOf(one: RecurringGrant, of: Pick<PeriodOrigin, 'start' | 'end' | 'periods'>): PeriodOrigin {
  const { rollover } = one.terms;
  const index = (one.next?.index ?? 0) + Math.max(of.periods, 1) - 1;
  return {
    name: one.name,
    ...of,
    // Of a period whose part of the amount came to nothing, there is no grant.
    previous: one.last && !one.last.amount.isZero() ? one.last.start : null,
    rollover: rollover && {
      max: rollover.max,
      percent: rollover.percent,
      until: rolledUntil(one, index + 1, rollover.periods),
    },
    from: null,
  };
}

/**
 * Passes periods that were over long before anybody met the account, but for the last {@link SINGLES_MAX} of a recurring grant. They
 * are booked as one grant that has expired, as of the end of the last of them: nobody could have spent any of it. Where a commitment
 * may have been charged to each of them, something rolls over, or the sum is more than a grant can be of, each is granted on its own.
 * So it is where many periods of others begin before that end: all of them are booked at once with the sum.
 */
export function sumsOfPeriods(
  context: DecisionContext,
  account: AccountState,
  until: number,
): readonly RefillIncident[] {
  const { recurring } = account.refills;
  if (recurring.length === 0 || runningPeriod(account.commitments)) return [];
  const ends = new Map(recurring.map((one) => [one, endOfSum(one, until)]));
  if (periodsBeside(ends) > PERIODS_BESIDE_MAX) return [];
  const sums: RefillIncident[] = [];
  const passed = recurring.map((one) => {
    const end = ends.get(one);
    if (!end) return one;
    sums.push(sumOf(context, account, one, end));
    return passedTo(one, end, { amount: amountOfSum(one, end), grant: null });
  });
  if (sums.length > 0) setRefills(context, account, { ...account.refills, recurring: passed });
  return sums;
}

/** The first period that isn't booked with those before it; `null` where each is granted on its own. */
function endOfSum(one: RecurringGrant, until: number): NextPeriod | null {
  const { next, terms } = one;
  if (!next || next.at > until || terms.expires !== 'end_of_period' || terms.rollover) return null;
  const last = periodAt(recurrenceOf(one), one.endsAt === null ? until : Math.min(until, one.endsAt - 1));
  const index = last - SINGLES_MAX;
  if (index - next.index < 2) return null;
  const end = { index, at: beginningOf(recurrenceOf(one), index) };
  return amountOfSum(one, end).gte(AMOUNT_END) ? null : end;
}

/** How many periods are to be granted on their own before the last sum ends. */
function periodsBeside(ends: ReadonlyMap<RecurringGrant, NextPeriod | null>): number {
  const last = Math.max(...[...ends.values()].map((end) => end?.at ?? Number.NEGATIVE_INFINITY));
  let periods = 0;
  for (const [one, end] of ends) {
    const next = end ?? one.next;
    if (next && next.at < last) periods += periodAt(recurrenceOf(one), last) - next.index;
  }
  return periods;
}

/** What all periods before one bring that aren't granted yet. */
function amountOfSum(one: RecurringGrant, { index, at }: NextPeriod): Amount {
  const periods = index - (one.next?.index ?? index);
  return one.terms.amount.times(periods - 1).plus(amountOfPeriod(one, one.next ?? { index, at }));
}

function sumOf(
  context: DecisionContext,
  account: AccountState,
  one: RecurringGrant,
  { index, at }: NextPeriod,
): RefillIncident {
  const start = one.next?.at ?? at;
  const periods = index - (one.next?.index ?? index);
  let booked: Grant | null = null;
  const grant = (): void => {
    const amount = amountOfSum(one, { index, at });
    const sum = newGrant(context, account, {
      ...termsOf(one, amount),
      effectiveAt: start,
      expiresAt: at,
      createdAt: start,
      period: originOf(one, { start, end: at, periods }),
    });
    const books = new Transaction(context, account);
    books.issue(sum, at);
    books.repayDebt(sum, at);
    Object.assign(sum, { entered: true, expired: true });
    if (!sum.remaining.isZero()) books.expire(sum, sum.remaining, at);
    booked = sum;
  };
  return {
    at,
    grant,
    report: (moment) => {
      if (!booked) return;
      emit(context, account, 'grant.created', grantData(booked), moment);
      const lost = context.changes.lost.get(booked);
      context.changes.lost.delete(booked);
      if (lost)
        emit(context, account, 'grant.expired', { ...grantData(booked), amount_expired: formatAmount(lost) }, moment);
    },
  };
}
