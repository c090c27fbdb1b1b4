import { connect, type Pool } from '#database';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { bootstrapKeys } from './bootstrap-keys.ts';
import { KeyRing } from './key-ring.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { log: (line) => process.stderr.write(`${line}\n`) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('writes down as it is closed when keys were last used, and only of those that were', async () => {
  const key = 'k'.repeat(24);
  await bootstrapKeys(pool, { live: key });
  const before = Date.now();
  const ring = await KeyRing.open(pool, { log: () => undefined });
  ring.find(key);
  await ring.close();
  const { rows } = await pool.query<{ last_used_at: Date | null }>(
    'select last_used_at from api_keys order by environment',
  );
  const [live, test] = rows.map(({ last_used_at: at }) => at?.getTime() ?? null);
  expect(live).toBeGreaterThanOrEqual(before);
  expect(test).toBeNull();
});
