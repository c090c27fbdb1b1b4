import { connect, type Pool } from '#database';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { ChargedAccounts } from '../testing/charged-accounts.ts';
import { catchUpAccount } from './catch-up.ts';
import { rollUpChore } from './roll-up.chore.ts';

let database: TestDatabase;
let pool: Pool;
let accounts: ChargedAccounts;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 4, log: () => undefined });
  accounts = await ChargedAccounts.at(database.url);
});
afterAll(async () => {
  await accounts.close();
  await pool.end();
  await database.drop();
});

/** As somebody does who rolls the account up just then. @returns what lets it go */
async function lockCursor(key: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select from rollup_cursors where account_id = $1 for update', [key]);
  return async () => {
    await client.query('commit');
    client.release();
  };
}

function watchedChore() {
  const chore = rollUpChore(pool, (line) => expect(line).toBe(''));
  return { run: () => chore.run(() => Promise.resolve()), lag: async () => chore.gauge?.read() };
}

it('answers at once where nothing is new, whoever has locked the account', async () => {
  const key = await accounts.open('quiet');
  await accounts.charge('quiet');
  await catchUpAccount(pool, key);
  const unlock = await lockCursor(key);
  const late = new Promise((done) => setTimeout(done, 2000, 'late').unref());
  const caughtUp = catchUpAccount(pool, key);
  expect(await Promise.race([caughtUp, late])).toMatchObject({ isComplete: true });
  await unlock();
});

it('says how long the last account has waited, however many new ones have nothing', async () => {
  const { run, lag } = watchedChore();
  await run();
  expect(await lag()).toBe(0);
  const key = await accounts.open('waiting');
  await accounts.charge('waiting');
  await run();
  for (let number = 0; number < 120; number += 1) await accounts.open(`empty-${String(number)}`);
  expect(await lag()).toBe(0);
  const unlock = await lockCursor(key);
  await accounts.charge('waiting');
  await run();
  const before = (await lag()) ?? 0;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(10);
  await run();
  expect(await lag()).toBeGreaterThan(before);
  await unlock();
  await run();
  expect(await lag()).toBe(0);
});

it('moves on while somebody else has an account, and comes back to that one', async () => {
  const { run, lag } = watchedChore();
  const key = await accounts.open('shared');
  await accounts.charge('shared');
  await run();
  await accounts.charge('shared');
  const unlock = await lockCursor(key);
  const query = jest.spyOn(pool, 'query');
  for (let pass = 0; pass < 3; pass += 1) await run();
  const from = query.mock.calls.flatMap(([text, values]: readonly unknown[]) =>
    String(text).includes('with written') ? [String((values as unknown[])[0])] : [],
  );
  query.mockRestore();
  expect(from).toHaveLength(3);
  expect(new Set(from).size).toBe(3);
  expect(await lag()).toBeGreaterThan(0);
  await unlock();
  await run();
  expect(await lag()).toBe(0);
});
