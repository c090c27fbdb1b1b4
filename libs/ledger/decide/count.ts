import { type Amount, smallerOf, ZERO } from '#amounts';
import { windowOf } from '#calendar';
import type { Count, CountedQuantity, Positions } from '#pricing';
import type { Authorization } from '../authorization.ts';
import type { Counter, Reservation } from '../counters.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { between, loadedWindow, openWindow } from './windows.ts';

type Place = Pick<Counter, 'counter' | 'windowStart'>;

/** Reserves more of each counter, in the window in which the authorization was made. */
export function reserve(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  counts: readonly Count[],
): void {
  for (const { counter: quantity, count } of counts) {
    if (count.isZero()) continue;
    const window = findOrOpen(context, account, authorization, quantity);
    const earlier = reservationOf(authorization, window);
    window.reserved = window.reserved.plus(count);
    window.open = true;
    keep(context, authorization, { ...earlier, amount: earlier.amount.plus(count) });
  }
}

/**
 * Counts what was used, first out of what the authorization has reserved. A limit declines requests and never what was used:
 * it may be more than was reserved.
 */
export function useReserved(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  counts: readonly Count[],
): void {
  for (const { counter: quantity, count } of counts) {
    if (count.isZero()) continue;
    const window = findOrOpen(context, account, authorization, quantity);
    const earlier = reservationOf(authorization, window);
    const ofReserved = smallerOf(earlier.amount, count);
    const first = earlier.first ?? window.used;
    window.reserved = window.reserved.minus(ofReserved);
    window.used = window.used.plus(count);
    const amount = earlier.amount.minus(ofReserved);
    keep(context, authorization, { ...earlier, amount, used: earlier.used.plus(count), first });
  }
}

/** Gives back the quantities that the authorization has reserved and not used. What it has spent is counted by what it holds. */
export function freeReserved(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  const isReserved = ({ of, amount }: Reservation): boolean => of === 'quantity' && !amount.isZero();
  if (!authorization.reservations.some(isReserved)) return;
  authorization.reservations = authorization.reservations.map((one) => {
    if (!isReserved(one)) return one;
    free(context, account, one);
    return { ...one, amount: ZERO };
  });
  context.changes.authorizations.update(authorization);
}

/** Takes something off what is reserved of a window. */
export function free(
  context: DecisionContext,
  account: AccountState,
  { amount, ...place }: Place & Pick<Reservation, 'amount'>,
): void {
  if (amount.isZero()) return;
  const window = loadedWindow(account, place);
  window.reserved = window.reserved.minus(amount);
  context.changes.counters.update(window);
}

/** Puts right what an authorization has used: these counts replace all that it said before, in the window in which it was made. */
export function correctUsed(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  counts: readonly Count[],
): void {
  const stated = new Set(counts.map(({ counter }) => counter.id));
  for (const place of authorization.reservations) {
    if (place.of === 'quantity' && !stated.has(place.counter))
      correct(context, authorization, loadedWindow(account, place), ZERO);
  }
  for (const { counter: quantity, count } of counts) {
    if (count.isZero() && !ownOf(authorization, quantity.id)) continue;
    correct(context, authorization, findOrOpen(context, account, authorization, quantity), count);
  }
}

function correct(context: DecisionContext, authorization: Authorization, window: Counter, used: Amount): void {
  const earlier = reservationOf(authorization, window);
  if (earlier.used.eq(used)) return;
  const first = earlier.first ?? window.used;
  window.used = window.used.plus(used).minus(earlier.used);
  keep(context, authorization, { ...earlier, used, first });
  context.changes.counters.update(window);
}

/** Where the counters stand in the window in which the authorization was made; without one, in that of now. */
export function positionsOf(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization | null,
): Positions {
  const window = ({ id }: CountedQuantity): Counter | undefined =>
    authorization ? findWindow(account, authorization, id) : account.counters.at(id, timeOf(context, account));
  return {
    used: (quantity) => window(quantity)?.used ?? ZERO,
    reserved: (quantity) => window(quantity)?.reserved ?? ZERO,
  };
}

/** The same without what this authorization has reserved and used itself. */
export function positionsWithout(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
): Positions {
  const all = positionsOf(context, account, authorization);
  return {
    used: (quantity) => all.used(quantity).minus(ownOf(authorization, quantity.id)?.used ?? ZERO),
    reserved: (quantity) => all.reserved(quantity).minus(ownOf(authorization, quantity.id)?.amount ?? ZERO),
  };
}

/** The same as if all that the authorization has used were used at once, at the position where it first used some. */
export function firstPositionsOf(account: AccountState, authorization: Authorization): Positions {
  return {
    used: ({ id }) => ownOf(authorization, id)?.first ?? findWindow(account, authorization, id)?.used ?? ZERO,
    reserved: () => ZERO,
  };
}

/** The window of a counter in which an authorization was made. Its reservation names it; it doesn't follow a new time zone. */
function findWindow(account: AccountState, authorization: Authorization, counter: string): Counter | undefined {
  const own = ownOf(authorization, counter);
  return own ? loadedWindow(account, own) : account.counters.at(counter, authorization.createdAt);
}

function findOrOpen(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  quantity: CountedQuantity,
): Counter {
  const found = findWindow(account, authorization, quantity.id);
  if (found) {
    context.changes.counters.update(found);
    return found;
  }
  const { createdAt: at } = authorization;
  const { id: counter, period } = quantity;
  const usual = windowOf(period, account.account.terms.timeZone, at);
  const window = between(account.counters.windowsOf(counter), usual, at);
  return openWindow(context, account, window, { counter, kind: 'quantity', name: null, value: null });
}

function reservationOf(authorization: Authorization, { counter, windowStart }: Counter): Reservation {
  const none = { of: 'quantity', counter, windowStart, amount: ZERO, used: ZERO, first: null } as const;
  return ownOf(authorization, counter) ?? none;
}

function ownOf({ reservations }: Authorization, counter: string): Reservation | undefined {
  return reservations.find((one) => one.counter === counter);
}

function keep(context: DecisionContext, authorization: Authorization, reservation: Reservation): void {
  const others = authorization.reservations.filter(({ counter }) => counter !== reservation.counter);
  authorization.reservations = [...others, reservation];
  context.changes.authorizations.update(authorization);
}
