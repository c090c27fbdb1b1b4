import type { Authorization } from '../authorization.ts';
import type { CounterChanges } from '../changes.ts';
import { Counters, isByValue, type Counter, type CounterWindow } from '../counters.ts';
import type { AccountKey } from '../ids.ts';
import { must } from './must.ts';

/** The table of counters, in memory. */
export class CounterRows {
  private readonly rows = new Map<string, Counter>();

  /** The windows that belong to an account. */
  of(key: AccountKey): Counter[] {
    return [...this.rows.values()].filter(({ accountKey }) => accountKey === key);
  }

  /** What is loaded with an account, and with authorizations of it. */
  load(key: AccountKey, authorizations: readonly Authorization[]): Counters {
    const own = authorizations.filter(({ accountKey }) => accountKey === key);
    return Counters.of(
      this.of(key)
        .filter((window) => isNeeded(window, own))
        .map((window) => ({ ...window })),
    );
  }

  /** Adds windows by value to what is loaded, by their keys. */
  loadByValue(counters: Counters, asked: CounterWindow): void {
    for (const window of this.reachingInto(asked)) {
      if (!counters.startingAt(window.counter, window.windowStart)) counters.add({ ...window });
    }
  }

  write({ created, updated, whole }: CounterChanges, assumed: Iterable<CounterWindow>): void {
    for (const window of assumed) must(this.reachingInto(window).length === 0, 'a window that was taken for absent is');
    for (const one of created) {
      must(!this.rows.has(nameOf(one)), 'a window of a counter is written once');
      this.rows.set(nameOf(one), { ...one });
    }
    for (const one of updated) {
      const stored = this.rows.get(nameOf(one));
      if (!stored) throw new Error('a window that is updated was written before');
      must(
        whole.has(one) || hasSameTerms(one, stored),
        'a window of which only the sums are written has nothing else changed',
      );
      this.rows.set(nameOf(one), { ...one });
    }
  }

  private reachingInto({ accountKey, counter, windowStart, windowEnd }: CounterWindow): Counter[] {
    return this.of(accountKey).filter(
      (one) =>
        one.counter === counter &&
        (windowEnd === null || one.windowStart < windowEnd) &&
        (one.windowEnd === null || one.windowEnd > windowStart),
    );
  }
}

/** Whether two versions of a window differ in what is used and reserved at most. */
function hasSameTerms(one: Counter, other: Counter): boolean {
  const termsOf = ({ overrun, granted, lease, alerted, exceeded, open }: Counter): string =>
    JSON.stringify([overrun, granted, lease, alerted, exceeded, open]);
  return termsOf(one) === termsOf(other);
}

/**
 * What is open is loaded with the account, and the rest with the authorizations that were made in it. Windows by value are loaded only
 * with those that are counted in them.
 */
function isNeeded(window: Counter, authorizations: readonly Authorization[]): boolean {
  const { counter, windowStart, windowEnd, open } = window;
  if (isByValue(window)) {
    return authorizations.some(({ reservations }) =>
      reservations.some((one) => one.counter === counter && one.windowStart === windowStart),
    );
  }
  const end = windowEnd ?? Number.POSITIVE_INFINITY;
  return open || authorizations.some(({ createdAt }) => windowStart <= createdAt && createdAt < end);
}

function nameOf({ accountKey, counter, windowStart }: Counter): string {
  return [accountKey, counter, windowStart].join('/');
}
