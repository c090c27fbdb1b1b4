import { connect, type Pool } from '#database';
import { accountKey } from '#ledger';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { transact } from '../transact.ts';
import { eraseTagSums } from './erase-tag-sums.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 4, log: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const ACCOUNT = { environment: 'live', id: 'acme', key: accountKey('live', 'acme') };
const NO_SUMS = ['promotional', 'included', 'debt', 'uncollected', 'refunded', 'revenue', 'cost', 'promotional_cost'];

it('waits for an account that is added up for the first time just then', async () => {
  const first = await pool.connect();
  await first.query('begin');
  await first.query(`insert into rollup_cursors (account_id, stamp, tags) values ($1, 1, '{user}')`, [ACCOUNT.key]);
  await first.query(
    `insert into tag_slots (account_id, slot, tag, value, currency, requests, late, unpriced, unknown_costs, paid, ${NO_SUMS.join(', ')})
    values ($1, now(), 'user', 'jo@example.com', '', 1, 0, 0, 0, 5, ${NO_SUMS.map(() => '0').join(', ')})`,
    [ACCOUNT.key],
  );
  const erased = transact(pool, (client) => eraseTagSums(client, ACCOUNT, ''));
  await Promise.race([erased, somebodyWaits()]);
  await first.query('commit');
  first.release();
  await erased;
  expect((await pool.query('select value, requests, paid from tag_slots')).rows).toMatchObject([
    { value: '(erased)', requests: '1' },
  ]);
  expect(await transact(pool, (client) => eraseTagSums(client, ACCOUNT, ''))).toBeNull();
});

async function somebodyWaits(): Promise<void> {
  for (let waiting = 0; waiting === 0;) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    waiting = Number(rowCount);
  }
}
