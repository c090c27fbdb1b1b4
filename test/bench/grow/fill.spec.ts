import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, type Pool } from '#database';
import { accountKey } from '#ledger';
import { verify } from '#ledger-store';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { accountId } from './account-source.ts';
import { chunksOf } from './chunks.ts';
import { fillAccounts } from './fill-accounts.ts';
import { fillHistory } from './fill-history.ts';

describe('filling a database', () => {
  let database: TestDatabase;
  let pool: Pool;
  const log = (): void => undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = connect(database.url, { log });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  async function count(query: string): Promise<number> {
    const { rows } = await pool.query<{ count: string }>(`select count(*) as count from ${query}`);
    return Number(rows[0]?.count);
  }

  test('a history of months is as the service would have written it: verify finds nothing', async () => {
    await fillHistory(pool, { authorizations: 2000, accounts: 30, days: 100, granted: '1000', log });
    const report = await verify(pool);
    expect(report.checks.filter(({ differences }) => differences > 0)).toEqual([]);
    expect(report).toMatchObject({ clean: true, transfers: 2030, grants: 30, authorizations: 2000 });
    expect(await count('(select distinct tableoid from authorizations) months')).toBeGreaterThanOrEqual(4);
    expect(await count('idempotency_keys')).toBe(2 * 140);
  });

  test('filled accounts have the keys that the service finds them by', async () => {
    await fillAccounts(pool, { accounts: 300, granted: '5', at: Date.now() - 1000, log });
    const report = await verify(pool);
    expect(report).toMatchObject({ clean: true, transfers: 300, grants: 300 });
    const { rows } = await pool.query<{ account_id: string }>(
      'select account_id from accounts where external_id = $1',
      [accountId(17)],
    );
    expect(rows).toEqual([{ account_id: accountKey('live', accountId(17)) }]);
  });

  test('a history that is too dense for one id a millisecond is refused', async () => {
    const tooMany = { authorizations: 50_000_000, accounts: 1, days: 1, granted: '1000000', log };
    await expect(fillHistory(pool, tooMany)).rejects.toThrow(RangeError);
  });
});

test('chunks cover everything once', () => {
  expect(chunksOf(10, 4)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 10 },
  ]);
  expect(chunksOf(0, 4)).toEqual([]);
});
