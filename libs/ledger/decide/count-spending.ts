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
  const reservations = [...authorization.reservations];
  for (const one of windows) {
    const { counter, kind, name, value, window, limit } = one;
    const place = { counter, windowStart: window.start };
    const row =
      account.counters.startingAt(counter, window.start) ??
      openWindow(context, account, window, { counter, kind, name, value });
    if (kind === 'budget') grant(context, row, limit);
    if (reservations.some((own) => own.counter === counter)) continue;
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
  authorization.reservations = reservations.map((one) => {
    if (!isOfSpending(one) || (one.amount.eq(held) && one.used.eq(used))) return one;
    const window = loadedWindow(account, one);
    move(window, { reserved: held.minus(one.amount), used: used.minus(one.used) }, mayOverrun(window));
    context.changes.counters.update(window);
    if (window.kind === 'budget' && used.gt(one.used)) risen.push(window);
    return { ...one, amount: held, used };
  });
  context.changes.authorizations.update(authorization);
  for (const window of risen) alertOnBudget(context, account, window);
}

function isOfSpending({ of }: Reservation): boolean {
  return of === 'spending';
}

function move(window: Counter, { reserved, used }: Pick<Counter, 'reserved' | 'used'>, mayOverrun: boolean): void {
  window.reserved = window.reserved.plus(reserved);
  window.used = window.used.plus(used);
  if (window.reserved.gt(0)) window.open = true;
  // What is given back is taken off what went beyond the limit first.
  if (used.lt(0)) window.overrun = window.overrun.minus(smallerOf(window.overrun, used.neg()));
  const more = reserved.plus(used);
  if (mayOverrun && more.gt(0)) window.overrun = window.overrun.plus(smallerOf(more, beyondGranted(window)));
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
