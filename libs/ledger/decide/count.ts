import { type Amount, smallerOf, ZERO } from '#amounts';
import { windowOf, type Window } from '#calendar';
import type { Count, CountedQuantity, Positions } from '#pricing';
import { LATE_COMMIT_WINDOW_MS, MAX_HOLD_SECONDS, type Authorization } from '../authorization.ts';
import { withoutReserved, type Counter, type Reservation } from '../counters.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/**
 * How long a window stays open after its end: as long as a hold usually lives and may still be committed late. By then it has
 * also ended in every time zone, so an account that moves to another one continues where this window ends.
 */
const OPEN_AFTER_END_MS = MAX_HOLD_SECONDS * 1000 + LATE_COMMIT_WINDOW_MS;

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

/** Gives back what the authorization has reserved and not used. */
export function freeReserved(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  const reserved = authorization.reservations.filter(({ amount }) => !amount.isZero());
  if (reserved.length === 0) return;
  for (const { counter, windowStart, amount } of reserved) {
    free(context, account, { counter, windowStart, amount });
  }
  authorization.reservations = withoutReserved(authorization.reservations);
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

/** Takes back windows that were opened for an authorization which was never made, as if nobody had looked for them. */
export function discardUnused(
  { changes: { counters } }: DecisionContext,
  account: AccountState,
  { reservations }: Authorization,
): void {
  for (const place of reservations) {
    const window = loadedWindow(account, place);
    if (!counters.created.has(window) || !window.reserved.isZero() || !window.used.isZero()) continue;
    counters.discard(window);
    account.counters.discard(window);
  }
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
    if (!stated.has(place.counter)) correct(context, authorization, loadedWindow(account, place), ZERO);
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

/** @throws where it isn't loaded; then nothing may be decided on what is cached of the account */
function loadedWindow(account: AccountState, { counter, windowStart }: Place): Counter {
  const window = account.counters.startingAt(counter, windowStart);
  if (!window) throw new Error(`the counter ${counter} was not loaded`);
  return window;
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
  return openWindow(context, account, authorization, quantity);
}

/** Nobody has counted anything in this window yet. */
function openWindow(
  context: DecisionContext,
  account: AccountState,
  { createdAt }: Authorization,
  { id, period }: CountedQuantity,
): Counter {
  closeWindows(context, account);
  const { start, end } = between(
    account.counters.windowsOf(id),
    windowOf(period, account.account.terms.timeZone, createdAt),
    createdAt,
  );
  const window: Counter = {
    accountKey: account.account.key,
    counter: id,
    windowStart: start,
    windowEnd: end,
    used: ZERO,
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    open: true,
  };
  account.counters.add(window);
  context.changes.counters.create(window);
  return window;
}

/** A new time zone holds from the end of the window under way: a window never reaches into its neighbours. */
function between(neighbours: readonly Counter[], { start, end }: Window, at: number): Window {
  return neighbours.reduce<Window>(
    (window, { windowStart, windowEnd }) =>
      windowEnd !== null && windowEnd <= at
        ? { ...window, start: Math.max(window.start, windowEnd) }
        : { ...window, end: window.end === null ? windowStart : Math.min(window.end, windowStart) },
    { start, end },
  );
}

/** A window that has been over for long is read no more with its account. */
function closeWindows(context: DecisionContext, account: AccountState): void {
  const now = timeOf(context, account);
  for (const window of account.counters.all()) {
    const { open, windowEnd, reserved } = window;
    if (!open || windowEnd === null || windowEnd + OPEN_AFTER_END_MS > now || !reserved.isZero()) continue;
    window.open = false;
    context.changes.counters.update(window);
  }
}

function reservationOf(authorization: Authorization, { counter, windowStart }: Counter): Reservation {
  return ownOf(authorization, counter) ?? { counter, windowStart, amount: ZERO, used: ZERO, first: null };
}

function ownOf({ reservations }: Authorization, counter: string): Reservation | undefined {
  return reservations.find((one) => one.counter === counter);
}

function keep(context: DecisionContext, authorization: Authorization, reservation: Reservation): void {
  const others = authorization.reservations.filter(({ counter }) => counter !== reservation.counter);
  authorization.reservations = [...others, reservation];
  context.changes.authorizations.update(authorization);
}
