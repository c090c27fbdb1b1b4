import { connect, type Pool } from '#database';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { makeLogger } from '#logging';
import { startHousekeeping } from './start-housekeeping.ts';

let database: TestDatabase;
let pool: Pool;
const log: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { log: (line) => log.push(line) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Writes an event and its delivery as they were made so many days ago. */
async function happened(daysAgo: number): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into events (account_id, id, environment, type, data, occurred_at, recorded_at, relayed_at)
    select 1, gen_random_uuid(), 'live', 'grant.created', '{}', at, at, at from make_interval(days => $1) ago, lateral (select now() - ago as at) then_
    returning id`,
    [daysAgo],
  );
  await pool.query(
    `insert into webhook_deliveries (account_id, event_id, endpoint_id, announced, created_at)
    values (1, $1, gen_random_uuid(), true, now() - make_interval(days => $2))`,
    [rows[0]?.id, daysAgo],
  );
}

it('Events and deliveries are kept for thirty days, and then dropped by whoever keeps house', async () => {
  await happened(31);
  await happened(29);
  const logger = makeLogger({ level: 'info', secrets: [], stream: { write: (line) => void log.push(line) } });
  await startHousekeeping(pool, { secretsKeys: [], idempotencyDays: 7, logger }).stop();
  for (const [table, time] of [
    ['events', 'recorded_at'],
    ['webhook_deliveries', 'created_at'],
  ]) {
    const { rows } = await pool.query(
      `select now() - ${time ?? ''} > interval '30 days' as is_old from ${table ?? ''}`,
    );
    expect({ table, rows }).toEqual({ table, rows: [{ is_old: false }] });
  }
  expect(log.join('')).toContain('dropped events older than 30 days');
});
