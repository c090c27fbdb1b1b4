import type { PoolClient } from '#database';
import type { AccountKey, AccountState, CounterWindow, Reservation } from '#ledger';
import { isoTime } from '../iso-time.ts';
import { arrayOf, type Statement } from '../statement.ts';
import { counterFromRow, type CounterRow } from '../tables/counters.ts';
import { rowsOf } from './rows-of.ts';

/** Values of the parameters `$1` to `$4`, a row for each window. */
export const WANTED_WINDOWS = `unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
  wanted (account_id, counter, window_start, window_end)`;

export function windowParameters(windows: readonly CounterWindow[]): unknown[] {
  return [
    arrayOf(windows.map(({ accountKey }) => accountKey)),
    arrayOf(windows.map(({ counter }) => counter)),
    arrayOf(windows.map(({ windowStart }) => isoTime(windowStart))),
    arrayOf(windows.map(({ windowEnd }) => (windowEnd === null ? 'infinity' : isoTime(windowEnd)))),
  ];
}

/**
 * Rows of counters that reach into these windows. The windows of a counter follow one another, so nothing older is of interest than the
 * one that was under way when the wanted one starts.
 */
export function findWindows(windows: readonly CounterWindow[]): Statement {
  return {
    name: 'find_windows',
    text: `select found.* from ${WANTED_WINDOWS}, lateral (
        select * from counters
        where account_id = wanted.account_id and counter = wanted.counter and window_start < wanted.window_end
          and window_start >= coalesce((
            select max(window_start) from counters
            where account_id = wanted.account_id and counter = wanted.counter and window_start <= wanted.window_start
          ), wanted.window_start)
          and (window_end is null or window_end > wanted.window_start)
        offset 0
      ) found`,
    values: windowParameters(windows),
  };
}

/** What is known of accounts. */
type Known = ReadonlyMap<AccountKey, AccountState>;

/** The windows that reservations name and that aren't known: those by value, which aren't loaded with their account. */
export function unknownWindows(
  accounts: Known,
  reservations: Iterable<Pick<Reservation, 'counter' | 'windowStart'> & Pick<CounterWindow, 'accountKey'>>,
): CounterWindow[] {
  const unknown: CounterWindow[] = [];
  for (const { accountKey, counter, windowStart } of reservations) {
    const known = accounts.get(accountKey)?.counters.startingAt(counter, windowStart);
    if (!known) unknown.push({ accountKey, counter, windowStart, windowEnd: windowStart + 1 });
  }
  return unknown;
}

/** Adds what is stored of these windows to what is known of their accounts. */
export async function loadWindows(
  client: PoolClient,
  accounts: Known,
  windows: readonly CounterWindow[],
): Promise<void> {
  if (windows.length === 0) return;
  for (const row of await rowsOf<CounterRow>(client, findWindows(windows))) {
    const counters = accounts.get(row.account_id)?.counters;
    const window = counterFromRow(row);
    if (!counters?.startingAt(window.counter, window.windowStart)) counters?.add(window);
  }
}
