import { connect, type Pool } from '#database';
import type { AccountKey } from '#ledger';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { RandomHistories, randomFrom, untied } from '../testing/random-history.ts';
import { catchUpEnvironment } from './catch-up.ts';
import { rebuildRollups } from './rebuild-rollups.ts';
import { rollUp } from './roll-up.ts';
import { verifyRollups } from './verify-rollups.ts';

const RUNS = Number(process.env['ROLLUP_RUNS'] ?? 3);
const SEED = Number(process.env['ROLLUP_SEED'] ?? 1);
const STEPS = 120;
const ALL = { from: null, to: null };

let database: TestDatabase;
let pool: Pool;
let histories: RandomHistories;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 6, log: () => undefined });
  histories = await RandomHistories.open(database.url, pool);
});
afterAll(async () => {
  await histories.close();
  await pool.end();
  await database.drop();
});

const NO_DIFFERENCES = { differences: 0, first: [] };

it.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  'what is added up bit by bit, by two at once and by some that are killed, is what the whole history adds up to (seed %d)',
  async (seed) => {
    const random = randomFrom(seed);
    const history = await histories.begin(random);
    for (let step = 0; step < STEPS; step += 1) {
      await history.step();
      if (random() < 0.4) await rollUpSomehow(history.keys, random);
    }
    await catchUpEnvironment(pool, 'test');
    expect(await verifyRollups(pool)).toMatchObject(NO_DIFFERENCES);
    expect(await untied(pool)).toEqual([]);
    expect(await rebuildRollups(pool, ALL)).toMatchObject({ corrected: 0 });
  },
);

async function rollUpSomehow(keys: readonly AccountKey[], random: () => number): Promise<void> {
  const way = random();
  if (way < 0.5) await rollUp(pool, keys, { isWaiting: true });
  else if (way < 0.75)
    await Promise.all([rollUp(pool, keys, { isWaiting: false }), rollUp(pool, keys, { isWaiting: true })]);
  else await rollUpKilled(keys, random);
}

/** Its connection ends at some moment; the pool that takes what is thrown for it has no other. */
async function rollUpKilled(keys: readonly AccountKey[], random: () => number): Promise<void> {
  const own = connect(database.url, {
    connectionsMax: 1,
    settings: { application_name: 'killed' },
    log: () => undefined,
  });
  const working = rollUp(own, keys, { isWaiting: true }).catch(() => undefined);
  await new Promise((done) => setTimeout(done, Math.floor(random() * 40)));
  await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'killed'`);
  await working;
  await own.end();
}

it('adds up what was used before by a tag that is reported from now on, and forgets one that is not', async () => {
  await pool.query(
    `insert into settings (environment, time_zone, currency, reported_tags) values ('test', 'UTC', 'USD', '{team,note}')`,
  );
  await catchUpEnvironment(pool, 'test');
  const { rows } = await pool.query<{ tag: string }>('select distinct tag from tag_slots order by 1');
  expect(rows).toEqual([{ tag: 'note' }, { tag: 'team' }]);
  expect(await verifyRollups(pool)).toMatchObject(NO_DIFFERENCES);
  expect(await untied(pool)).toEqual([]);
});

it('finds and corrects whatever the sums have otherwise', async () => {
  await pool.query(`update usage_slots set paid = paid + 1, requests = requests + 1 where model = 'large'`);
  await pool.query(`delete from tag_slots where value = '(none)'`);
  await pool.query(`update money_slots set money = money + 1 where kind = 'used'`);
  await pool.query('delete from environment_usage_quantities');
  await pool.query('delete from money_positions');
  const { differences } = await verifyRollups(pool);
  expect(differences).toBeGreaterThan(10);
  const { corrected } = await rebuildRollups(pool, ALL);
  expect(corrected).toBeGreaterThan(10);
  expect(await verifyRollups(pool)).toMatchObject(NO_DIFFERENCES);
  expect(await untied(pool)).toEqual([]);
  expect(Number((await pool.query('select from money_positions')).rowCount)).toBeGreaterThan(0);
});
