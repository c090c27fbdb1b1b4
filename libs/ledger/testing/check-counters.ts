import { type Amount, ZERO } from '#amounts';
import { isOpen, type Authorization } from '../authorization.ts';
import type { Counter, Reservation } from '../counters.ts';
import { must } from './must.ts';

/** Fails the spec unless an account's counters are what its authorizations say. */
export function checkCounters(counters: readonly Counter[], authorizations: readonly Authorization[]): void {
  const reservations = authorizations.flatMap((one) => one.reservations);
  for (const { counter, kind, windowStart, windowEnd, used, reserved, open, granted, overrun } of counters) {
    // What a rate remembers is no sum: time gives it back. What is bought is no authorization's.
    if (kind === 'pace' || kind === 'topup') continue;
    const own = reservations.filter((one) => one.counter === counter && one.windowStart === windowStart);
    must(used.eq(sum(own, (one) => one.used)), 'used of a counter = Σ what authorizations have used of it');
    must(reserved.eq(sum(own, ({ amount }) => amount)), 'reserved of a counter = Σ what holds have reserved of it');
    must(!overrun.isNegative(), 'nothing less than nothing is overrun');
    must(granted === null || used.plus(reserved).lte(granted.plus(overrun)), 'used + reserved ≤ granted + overrun');
    must(open || reserved.isZero(), 'a window in which something is reserved is open');
    must(windowEnd === null || windowStart < windowEnd, 'a window ends after it starts');
    const others = counters.filter((one) => one.counter === counter && one.windowStart > windowStart);
    must(
      others.every((one) => windowEnd !== null && windowEnd <= one.windowStart),
      'an instant belongs to one window of a counter',
    );
  }
  for (const authorization of authorizations) checkReservations(authorization, counters);
}

function checkReservations(authorization: Authorization, counters: readonly Counter[]): void {
  const { reservations, createdAt, held, committed, refunded } = authorization;
  for (const { of, counter, windowStart, amount, used, first } of reservations) {
    const window = counters.find((one) => one.counter === counter && one.windowStart === windowStart);
    must(
      window !== undefined && windowStart <= createdAt && createdAt < (window.windowEnd ?? Number.POSITIVE_INFINITY),
      'an authorization counts in the window in which it was made',
    );
    must(!amount.isNegative() && !used.isNegative(), 'nothing less than nothing is reserved or used');
    must(isOpen(authorization) || amount.isZero(), 'a closed authorization has nothing reserved');
    if (of === 'spending') {
      must(amount.eq(held), 'what is held is reserved of limits');
      must(used.eq(committed.minus(refunded)), 'what is charged, less refunds, is used of limits');
    } else must(first !== null || used.isZero(), 'what was used was used from a position on');
  }
  must(new Set(reservations.map(({ counter }) => counter)).size === reservations.length, 'one entry per counter');
}

function sum(reservations: readonly Reservation[], pick: (reservation: Reservation) => Amount): Amount {
  return reservations.reduce((total, one) => total.plus(pick(one)), ZERO);
}
