import { connect, type Pool } from '#database';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { maintainLedgerChore } from './maintain-ledger.chore.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { log: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('keeps partitions ahead and drops old keys and events, and logs what it has dropped', async () => {
  await pool.query(`select make_partitions(now() - interval '60 days', 0)`);
  for (const daysAgo of [31, 29])
    await pool.query(
      `insert into events (account_id, id, environment, type, data, occurred_at, recorded_at, relayed_at)
      select 1, gen_random_uuid(), 'live', 'grant.created', '{}', at, at, at from (select now() - make_interval(days => $1) as at) ago`,
      [daysAgo],
    );
  const log: object[] = [];
  const chore = maintainLedgerChore(pool, { idempotencyDays: 7, log: { info: (fields) => log.push(fields) } });
  expect(await chore.run(() => Promise.resolve())).toBe(false);
  const { rows } = await pool.query(`select recorded_at > now() - interval '30 days' as is_recent from events`);
  expect(rows).toEqual([{ is_recent: true }]);
  expect(log).toContainEqual({ events: 1 });
  expect(log).toContainEqual({ table: expect.stringMatching(/^idempotency_keys_\d{4}_w\d\d$/), days: 7 });
});
