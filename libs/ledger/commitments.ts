import { type Amount, atLeastZero, ZERO } from '#amounts';
import { windowOf, type Window } from '#calendar';
import type { Authorization, Draw } from './authorization.ts';
import type { AccountKey } from './ids.ts';

/**
 * A month of an account's commitment, or the rest of the month in which the commitment was made. Whatever is charged for an
 * authorization counts in the period in which the authorization was made, however late it is charged or refunded.
 */
export interface CommitmentPeriod {
  /** Of two things of one instant it tells which came first: what was authorized before doesn't count. */
  readonly id: string;
  readonly accountKey: AccountKey;
  /** Milliseconds since 1970; it belongs to the period. */
  readonly start: number;
  /** It doesn't belong to the period. */
  readonly end: number;
  /** The least that is to be spent. */
  amount: Amount;
  /** What was charged, less refunds. */
  spent: Amount;
  /** Whether what was missing at its end is booked. */
  settled: boolean;
  /** Where that was taken from, in the order drawn, and what was set off since. It grows in place. */
  readonly draws: Draw[];
  /** What of it neither credits nor debt covered, and wasn't set off since. */
  uncollected: Amount;
}

/** The period in which an authorization was made; most accounts have none. */
export function periodOf(
  periods: readonly CommitmentPeriod[],
  { id, createdAt }: Pick<Authorization, 'id' | 'createdAt'>,
): CommitmentPeriod | undefined {
  return periods.findLast((period) => period.start <= createdAt && createdAt < period.end && period.id < id);
}

/** The period that isn't settled yet. There is at most one: the last. */
export function runningPeriod(periods: readonly CommitmentPeriod[]): CommitmentPeriod | undefined {
  const last = periods.at(-1);
  return last?.settled === false ? last : undefined;
}

/** When the shortfall of a period takes effect, so that what ends with the month can still pay for it. */
export function lastInstantOf({ end }: CommitmentPeriod): number {
  return end - 1;
}

/** What is missing to what was to be spent. */
export function missingIn({ amount, spent }: Pick<CommitmentPeriod, 'amount' | 'spent'>): Amount {
  return atLeastZero(amount.minus(spent));
}

/** What was charged for the shortfall of a period and not set off. */
export function chargedIn({ draws }: CommitmentPeriod): Amount {
  return draws.reduce((sum, { amount, refunded }) => sum.plus(amount).minus(refunded), ZERO);
}

/** Whether usage that comes late would be set off against what was charged for the shortfall. */
export function hasShortfall(period: CommitmentPeriod): boolean {
  return period.settled && (period.draws.length > 0 || !period.uncollected.isZero());
}

/** The calendar month that an instant belongs to. */
export function monthOf(timeZone: string, at: number): Window & { readonly end: number } {
  const { start, end } = windowOf('month', timeZone, at);
  if (end === null) throw new Error('a month ends');
  return { start, end };
}

/** A part of an amount by time, rounded half-even to 12 places. */
export function prorated(amount: Amount, part: number, whole: number): Amount {
  return part === whole ? amount : amount.times(part).div(whole).toDecimalPlaces(12);
}
