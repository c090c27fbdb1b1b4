import { type Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Counter, Reservation } from '../counters.ts';
import type { AccountState } from '../state.ts';
import { alertOnBudget } from './alert-on-budgets.ts';
import type { DecisionContext } from './context.ts';
import { countRates } from './count-rates.ts';
import type { SpendingWindow } from './limit.ts';
import { loadedWindow, openWindow } from './windows.ts';

/** Counts what a new authorization holds and was charged in the windows of its limits, which allow for it. */
export function enterWindows(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  windows: readonly SpendingWindow[],
): void {
  if (windows.length === 0) return;
  const earlier = authorization.reservations;
  const reservations = [...earlier];
  for (const one of windows) {
    const { counter, kind, name, value, window, limit } = one;
    const place = { counter, windowStart: window.start };
    const row =
      account.counters.startingAt(counter, window.start) ??
      openWindow(context, account, window, { counter, kind, name, value });
    if (kind === 'budget') grant(context, row, limit);
    if (earlier.some((own) => own.counter === counter)) continue;
    reservations.push({ of: 'spending', ...place, amount: ZERO, used: ZERO, first: null });
  }
  authorization.reservations = reservations;
  count(context, account, authorization, nothing);
}

/**
 * Counts what an authorization holds since it was extended, in all windows in which it counts: those that were asked, which allow for it,
 * and those of limits that are none any more, which weren't.
 */
export function enterMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  windows: readonly SpendingWindow[],
): void {
  for (const { counter, kind, window, limit } of windows) {
    if (kind === 'budget') grant(context, loadedWindow(account, { counter, windowStart: window.start }), limit);
  }
  count(context, account, authorization, (one) => !windows.some(({ counter }) => counter === one.counter));
}

/**
 * Brings the windows of an authorization's limits and its rates up to date, once anything has changed what it holds, was charged or was refunded. A
 * limit declines requests and never what was used: what that takes beyond the hold may be more than the limit allows.
 */
export function countSpending(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  count(context, account, authorization, everything);
  countRates(context, account, authorization);
}

/** Which windows may go beyond their limits. */
type MayOverrun = (window: Counter) => boolean;
const nothing: MayOverrun = () => false;
const everything: MayOverrun = () => true;

function count(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  mayOverrun: MayOverrun,
): void {
  const { reservations, held, committed, refunded } = authorization;
  if (!reservations.some(isOfSpending)) return;
  const used = committed.minus(refunded);
  const risen: Counter[] = [];
  let before: Reservation | null = null;
  let moved = NOT_MOVED;
  authorization.reservations = reservations.map((one) => {
    if (!isOfSpending(one)) return one;
    // It has moved by the same in all windows, however many it counts in.
    if (one.amount !== before?.amount || one.used !== before.used) moved = movedSince(one, held, used);
    before = one;
    if (moved.reserved.isZero() && moved.used.isZero()) return one;
    const window = loadedWindow(account, one);
    const { overrun, open } = window;
    move(window, moved, mayOverrun(window));
    if (window.overrun === overrun && window.open === open) context.changes.counters.updateSums(window);
    else context.changes.counters.update(window);
    if (window.kind === 'budget' && moved.used.gt(ZERO)) risen.push(window);
    return { ...one, amount: held, used };
  });
  context.changes.authorizations.update(authorization);
  for (const window of risen) alertOnBudget(context, account, window);
}

function isOfSpending({ of }: Reservation): boolean {
  return of === 'spending';
}

/** By how much what is reserved and used has moved, and both together. */
interface Moved extends Pick<Counter, 'reserved' | 'used'> {
  readonly sum: Amount;
}

const NOT_MOVED: Moved = { reserved: ZERO, used: ZERO, sum: ZERO };

function movedSince(before: Reservation, held: Amount, nowUsed: Amount): Moved {
  const reserved = held.minus(before.amount);
  const used = nowUsed.minus(before.used);
  return { reserved, used, sum: reserved.plus(used) };
}

function move(window: Counter, { reserved, used, sum }: Moved, mayOverrun: boolean): void {
  if (!reserved.isZero()) window.reserved = window.reserved.plus(reserved);
  if (!used.isZero()) window.used = window.used.plus(used);
  if (!window.open && window.reserved.gt(ZERO)) window.open = true;
  // What is given back is taken off what went beyond the limit first.
  if (used.lt(ZERO)) window.overrun = window.overrun.minus(smallerOf(window.overrun, used.neg()));
  if (mayOverrun && sum.gt(ZERO)) window.overrun = window.overrun.plus(smallerOf(sum, beyondGranted(window)));
}

/** What of a window's sums neither its limit nor its overrun allows for. */
function beyondGranted({ used, reserved, granted, overrun }: Counter): Amount {
  return granted === null ? ZERO : atLeastZero(used.plus(reserved).minus(granted).minus(overrun));
}

/**
 * The highest limit that a request was held against in the window is what the database holds its sums against. Where there is a new
 * one, what was used and reserved before may go beyond it.
 */
function grant({ changes }: DecisionContext, window: Counter, limit: Amount | null): void {
  const { granted, overrun, used, reserved } = window;
  if (limit === null ? granted === null : granted?.gte(limit)) return;
  if (!changes.grantedBefore.has(window)) changes.grantedBefore.set(window, { granted, overrun });
  window.granted = limit;
  if (limit !== null) window.overrun = atLeastZero(used.plus(reserved).minus(limit));
  changes.counters.update(window);
}

/** Takes back what the command at hand has granted, where it has held nothing against it after all. */
export function takeBackGranted({ changes: { grantedBefore } }: DecisionContext): void {
  for (const [window, before] of grantedBefore) Object.assign(window, before);
  grantedBefore.clear();
}
