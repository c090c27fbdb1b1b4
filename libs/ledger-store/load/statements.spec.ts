import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Pool } from '#database';
import { ledgerPool } from '../engine/ledger-pool.ts';
import { deleteRows, updateRows, type Statement } from '../statement.ts';
import { ACCOUNTS } from '../tables/accounts.ts';
import { AUTHORIZATIONS } from '../tables/authorizations.ts';
import { COUNTERS } from '../tables/counters.ts';
import { DECLINES } from '../tables/declines.ts';
import { GRANTS } from '../tables/grants.ts';
import { HOLDS } from '../tables/holds.ts';
import { TestBooks } from '../testing/test-books.ts';
import { guardAccounts, guardKeys, guardTestClocks, guardWindows } from './guards.ts';
import { findKeys } from './key-statements.ts';
import { findFirstHolds, findLapsedHolds, moveLapsedHolds } from './lapsed-holds.ts';
import * as statements from './statements.ts';
import { findCurrentClocks } from './test-clock-statements.ts';
import { findStated, findUsageRecords } from './usage-statements.ts';
import { findVersions } from './fill-windows.ts';
import { findWindows } from './window-statements.ts';

let database: TestDatabase;
let books: TestBooks;
let pool: Pool;

/** Every table is empty and known to be. */
beforeAll(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  pool = ledgerPool(database.url, 1, () => undefined);
  await books.pool.query(
    'vacuum (analyze) accounts, grants, counters, holds, authorizations, transfers, usage_records, idempotency_keys, idempotency_keys_kept',
  );
});
afterAll(async () => {
  await pool.end();
  await books.close();
  await database.drop();
});

const KEYS = ['1', '2'];
const IDS = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];

const LOOK_UPS: readonly Statement[] = [
  statements.lockAccounts(KEYS),
  statements.findAccounts(KEYS),
  moveLapsedHolds(KEYS, { clocks: false, countMax: 1000 }),
  moveLapsedHolds(KEYS, { clocks: true, countMax: 1000 }),
  findLapsedHolds(KEYS, { clocks: false, countMax: 1000 }),
  findLapsedHolds(KEYS, { clocks: true, countMax: 1000 }),
  findFirstHolds(KEYS, { clocks: false, countMax: 1000 }),
  findFirstHolds(KEYS, { clocks: true, countMax: 1000 }),
  findCurrentClocks(['test']),
  guardTestClocks([{ environment: 'test', number: 0, aheadMs: 0 }]),
  statements.findOpenGrants(KEYS),
  statements.findChangedGrants(KEYS, [null, '1']),
  statements.findGrants(KEYS, IDS),
  statements.findRefundableGrants(KEYS, IDS),
  statements.findOpenCounters(KEYS),
  statements.findClosedCounters(KEYS, IDS),
  findVersions(KEYS),
  findWindows([]),
  guardWindows([]),
  statements.findHolds(KEYS, IDS),
  statements.findClosedAuthorizations(KEYS, IDS),
  findStated(IDS),
  findUsageRecords(IDS),
  findKeys([{ scope: '1', key: IDS[0] ?? '' }]),
  guardKeys([{ scope: '1', key: IDS[0] ?? '' }]),
  guardAccounts({ keys: KEYS, versions: ['1', '2'], now: 0, holdsUntil: 1 }),
];

const WRITES: readonly Statement[] = [
  updateRows(ACCOUNTS, 'sums')([]),
  updateRows(ACCOUNTS, 'terms')([]),
  updateRows(ACCOUNTS, 'alerts')([]),
  updateRows(GRANTS)([]),
  updateRows(COUNTERS, 'sums')([]),
  updateRows(COUNTERS, 'sums', 'state')([]),
  updateRows(HOLDS)([]),
  updateRows(AUTHORIZATIONS)([]),
  deleteRows(HOLDS)([]),
  deleteRows(DECLINES)([]),
];

/** The lines of a plan that look at more rows than are wanted. */
async function scansOf({ text }: Statement): Promise<string[]> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${text}`);
  const lines = rows.map((row) => row['QUERY PLAN']);
  return lines.filter(
    (line, index) =>
      /Seq Scan on|Join Filter/.test(line) ||
      (/Index (?:Only )?Scan using/.test(line) && !/Index Cond/.test(lines[index + 1] ?? '')),
  );
}

describe('a statement of the ledger', () => {
  it.each([...LOOK_UPS, ...WRITES].map((statement) => [statement.name, statement] as const))(
    '%s goes by an index, also where it is planned while the tables are known to be empty',
    async (_, statement) => {
      expect(await scansOf(statement)).toEqual([]);
    },
  );

  it.each([findKeys, guardKeys])('looks for keys in no week to come', async (statement) => {
    const { text } = statement([]);
    await pool.query(`prepare statement as ${text}`);
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain execute statement ('{}', '{}')`);
    const looked = rows.filter((row) => /Scan using idempotency_keys_\d/.test(row['QUERY PLAN']));
    expect(looked.length).toBeGreaterThan(0);
    // On a Sunday next week's keys are less than a day away.
    expect(looked.length).toBeLessThanOrEqual(2);
    await pool.query('deallocate statement');
  });

  it.each([findStated, findUsageRecords])('looks for usage in no month before the authorization', async (statement) => {
    const { rows: months } = await pool.query<{ name: string; id: string }>(
      `select to_char(month, '"usage_records_"YYYY_MM') as name, uuid_at((month + interval '1 day') at time zone 'UTC') as id
      from generate_series(0, 2) ahead, lateral (
        select date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead) as month
      ) months`,
    );
    const [before, , own] = months;
    const { text } = statement([]);
    await pool.query(`prepare statement as ${text}`);
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `explain (analyze) execute statement ('{1}', '{${own?.id ?? ''}}')`,
    );
    await pool.query('deallocate statement');
    const looked = rows.map((row) => row['QUERY PLAN']).filter((line) => !line.includes('never executed'));
    expect(looked.some((line) => line.includes(` on ${own?.name ?? ''} `))).toBe(true);
    expect(looked.filter((line) => line.includes(` on ${before?.name ?? ''} `))).toEqual([]);
  });
});
