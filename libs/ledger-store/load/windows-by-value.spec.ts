import type { Pool } from '#database';
import { Counters, type Counter, type CounterWindow } from '#ledger';
import { ZERO } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { ledgerPool } from '../engine/ledger-pool.ts';
import { insertRows } from '../statement.ts';
import { counterFromRow, COUNTERS, type CounterRow } from '../tables/counters.ts';
import { TestBooks } from '../testing/test-books.ts';
import { BatchRefused, guardWindows, type GuardRow } from './guards.ts';
import { findOpenCounters } from './statements.ts';
import { findWindows } from './window-statements.ts';

const ANNA = '00000000-0000-8000-8000-00000000000a';
const BEN = '00000000-0000-8000-8000-00000000000b';
const EVER = '00000000-0000-8000-8000-00000000000e';
const day = (number: number): number => Date.UTC(2026, 0, number);

let database: TestDatabase;
let books: TestBooks;
let pool: Pool;

function window(counter: string, windowStart: number, windowEnd: number | null, accountKey = '1'): Counter {
  const place = { accountKey, counter, windowStart, windowEnd };
  const none = {
    used: ZERO,
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    alerted: null,
    exceeded: false,
    lease: null,
  };
  return { ...place, kind: 'budget', name: 'daily', value: counter, ...none, open: true };
}

const STORED = [
  window(ANNA, day(1), day(2)),
  window(ANNA, day(3), day(4)),
  window(ANNA, day(4), day(5)),
  window(EVER, 0, null),
  window(BEN, day(3), day(4), '2'),
];

beforeAll(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  pool = ledgerPool(database.url, 1, () => undefined);
  await books.pool.query(insertRows(COUNTERS)(STORED));
});
afterAll(async () => {
  await pool.end();
  await books.pool.end();
  await database.drop();
});

const wanted = (counter: string, windowStart: number, windowEnd: number | null, accountKey = '1'): CounterWindow => ({
  accountKey,
  counter,
  windowStart,
  windowEnd,
});

async function found(...windows: readonly CounterWindow[]): Promise<Counter[]> {
  const { rows } = await pool.query<CounterRow>(findWindows(windows));
  return rows.map(counterFromRow);
}

/** The accounts that the batch is refused for. */
async function refused(...windows: readonly CounterWindow[]): Promise<readonly string[]> {
  await pool.query('begin read write');
  const { rows } = await pool.query<GuardRow>(guardWindows(windows));
  await pool.query('rollback');
  const refusal = rows[0]?.refusal;
  return refusal ? BatchRefused.from(refusal).found : [];
}

const HOUR = 60 * 60 * 1000;
const CASES: readonly (readonly [string, CounterWindow, readonly number[]])[] = [
  ['itself', wanted(ANNA, day(3), day(4)), [1]],
  ['one that reaches into it from before', wanted(ANNA, day(1) + HOUR, day(2) + HOUR), [0]],
  ['those that begin in it', wanted(ANNA, day(2) + HOUR, day(4) + HOUR), [1, 2]],
  ['all of a month', wanted(ANNA, day(1), day(32)), [0, 1, 2]],
  ['one that holds all of it', wanted(ANNA, day(3) + HOUR, day(3) + 2 * HOUR), [1]],
  ['one that never ends', wanted(EVER, day(3), day(4)), [3]],
  ['any, where it never ends itself', wanted(ANNA, day(4) + HOUR, null), [2]],
  ['none between two', wanted(ANNA, day(2), day(3)), []],
  ['none after the last', wanted(ANNA, day(5), null), []],
  ['none before the first', wanted(ANNA, day(-30), day(1)), []],
  ['none of another value', wanted(BEN, day(3), day(4)), []],
  ['none of another account', wanted(ANNA, day(3), day(4), '2'), []],
];

describe('windows by value', () => {
  it.each(CASES)('that reach into a window are found: %s', async (_, window, places) => {
    expect(await found(window)).toEqual(places.map((place) => STORED[place]));
  });

  it.each(CASES)('refuse a batch that took such a window for one that isn’t there: %s', async (_, window, places) => {
    expect(await refused(window)).toEqual(places.length === 0 ? [] : [window.accountKey]);
  });

  it('are found for many at once, and the refusal names each account once', async () => {
    const windows = [STORED[0], STORED[1], STORED[4]].map((one) => one as CounterWindow);
    expect(await found(...windows, wanted(BEN, day(8), day(9)))).toEqual(windows);
    expect((await refused(...windows, wanted(BEN, day(8), day(9), '3'))).toSorted()).toEqual(['1', '2']);
  });

  it('are not loaded with their account', async () => {
    const { rows } = await pool.query(findOpenCounters(['1', '2']));
    expect(rows).toEqual([]);
  });
});

describe('what is known of counters', () => {
  const whole = { ...window('00000000-0000-8000-8000-000000000001', 0, 10), value: null };
  const [first, second] = [window(ANNA, 0, 10), window(ANNA, 10, 20)];

  it('tells windows by value from all others', () => {
    const counters = Counters.of([second, whole, first]);
    expect([counters.all(), counters.byValue(), counters.size]).toEqual([[whole], [first, second], 1]);
    expect(counters.at(ANNA, 10)).toBe(second);
    counters.discard(first);
    expect(counters.windowsOf(ANNA)).toEqual([second]);
    counters.discard(second);
    expect(counters.byValue()).toEqual([]);
  });

  it('takes over windows by value that were known before, but for those that were loaded anew', () => {
    const [again, other] = [{ ...first }, window(BEN, 0, 10)];
    const counters = Counters.of([again]);
    counters.takeOverByValue(Counters.of([first, second, other, whole]));
    expect([counters.all(), counters.byValue()]).toEqual([[], [again, second, other]]);
    expect(counters.at(ANNA, 5)).toBe(again);
  });
});
