import type { Authorization } from '../authorization.ts';
import { ZERO } from '#amounts';
import type { Reservation } from '../counters.ts';
import { NO_PACE, paceAfter, paceCorrected } from '../pace.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { RequestRate } from './limit.ts';
import { ONE_REQUEST, ratesOf } from './rates.ts';
import { openRuleCounter } from './rule-counters.ts';
import { loadedWindow } from './windows.ts';

/** Counts a new authorization under its rates. */
export function enterRates(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  rates: readonly RequestRate[],
): void {
  if (rates.length === 0) return;
  const now = timeOf(context, account);
  const counted = rates.map((one): Reservation => {
    const counter = openRuleCounter(context, account, one);
    const first = counter.used;
    const used = one.rate.of === 'requests' ? ONE_REQUEST : authorization.amount;
    counter.used = paceAfter(first, one.rate, used, now);
    return { of: 'pace', counter: one.counter, windowStart: counter.windowStart, amount: ZERO, used, first };
  });
  authorization.reservations = [...authorization.reservations, ...counted];
}

/**
 * Brings the rates of an authorization up to date, once anything has changed what it holds or was charged: what it will not use comes
 * back, and what it has used beyond its hold counts too. A hold that lapses gives nothing back until it is committed late, and a
 * refund gives nothing back at all. Where the rule isn't there any more, nothing is left to be counted.
 */
export function countRates(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  const { reservations, held, committed, tags, status } = authorization;
  if (status === 'expired' || !reservations.some(isOfPace)) return;
  const counts = held.plus(committed);
  const rates = ratesOf(context, account, tags).filter(({ rate }) => rate.of === 'amount');
  authorization.reservations = reservations.map((one) => {
    const rate = isOfPace(one) && !one.used.eq(counts) && rates.find(({ counter }) => counter === one.counter);
    if (!rate) return one;
    const counter = account.counters.startingAt(one.counter, one.windowStart);
    if (counter) {
      const more = counts.minus(one.used);
      const now = timeOf(context, account);
      counter.used = more.gt(0)
        ? paceAfter(counter.used, rate.rate, more, now)
        : paceCorrected(counter.used, rate.rate, more);
      context.changes.counters.update(counter);
    }
    return { ...one, used: counts };
  });
  context.changes.authorizations.update(authorization);
}

/** Takes back what was counted last, as if it had never been: of an authorization that was only tried. */
export function takeBackRates(account: AccountState, { reservations }: Authorization): void {
  for (const one of reservations) if (isOfPace(one)) loadedWindow(account, one).used = one.first ?? NO_PACE;
}

function isOfPace({ of }: Reservation): boolean {
  return of === 'pace';
}
