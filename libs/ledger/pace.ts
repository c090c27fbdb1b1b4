import { Amount, ZERO } from '#amounts';
import { periodMsOf, type Rate } from './rules.ts';

/**
 * How far requests have used up a rate: the theoretical arrival time of the generic cell rate algorithm, in milliseconds since 1970,
 * times the limit of the rate. So nothing is divided, and every sum is exact: a request of `amount` takes `amount × period`, and
 * each millisecond gives back `limit`. A pace that lies in the past means the same as none.
 */
export type Pace = Amount;

export const NO_PACE: Pace = ZERO;

/** The largest limit of an amount. Times a date, a pace still has no more digits than can be stored. */
export const RATE_AMOUNT_MAX = new Amount('1e12');
export const RATE_REQUESTS_MAX = 1_000_000;

/** The pace after a request of so much. @param now milliseconds since 1970 */
export function paceAfter(pace: Pace, rate: Rate, amount: Amount, now: number): Pace {
  return Amount.max(pace, rate.limit.times(now)).plus(amount.times(periodMsOf(rate)));
}

/** The pace where so much more, or less where it is negative, was asked for than was counted. */
export function paceCorrected(pace: Pace, rate: Rate, difference: Amount): Pace {
  return Amount.max(pace.plus(difference.times(periodMsOf(rate))), ZERO);
}

/** How much may be asked for now: at most the limit, and below zero where more was used than was asked for. */
export function roomIn(pace: Pace, rate: Rate, now: number): Amount {
  const taken = pace.minus(rate.limit.times(now));
  if (!taken.gt(ZERO)) return rate.limit;
  return rate.limit.minus(taken.div(periodMsOf(rate)).toDecimalPlaces(PLACES, Amount.ROUND_UP));
}

/** After how many seconds a request of so much, which is no more than the limit, may be made; at least 1. */
export function secondsUntil(pace: Pace, rate: Rate, amount: Amount, now: number): number {
  const beyond = paceAfter(pace, rate, amount, now).minus(rate.limit.times(now + periodMsOf(rate)));
  return Math.max(1, Number(beyond.div(rate.limit.times(1000)).toFixed(0, Amount.ROUND_UP)));
}

/** Amounts have no more decimal places. */
const PLACES = 12;
