import { connect, type Pool } from '#database';
import { accountKey, type AccountKey } from '#ledger';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { ChargedAccounts } from '../testing/charged-accounts.ts';
import { catchUpAccount, catchUpEnvironment } from './catch-up.ts';
import { rebuildRollups } from './rebuild-rollups.ts';
import { rollUpChore } from './roll-up.chore.ts';
import { verifyRollups } from './verify-rollups.ts';

const ENVIRONMENT = 'test';
const EVERYTHING = { staleMax: Number.POSITIVE_INFINITY };

let database: TestDatabase;
let pool: Pool;
let accounts: ChargedAccounts;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 6, log: () => undefined });
  accounts = await ChargedAccounts.at(database.url);
});
afterAll(async () => {
  await accounts.close();
  await pool.end();
  await database.drop();
});
const keyOf = (id: string): AccountKey => accountKey(ENVIRONMENT, id);

function randomEmoji(length: number): string {
  return Array.from({ length }, () => String.fromCodePoint(0x1f300 + Math.floor(Math.random() * 600))).join('');
}

it('keeps the longest names that are accepted, and puts longer ones together in whatever way they are added up', async () => {
  const key = await accounts.open('long');
  await accounts.charge('long', { model: randomEmoji(128), quantity: randomEmoji(128), user: randomEmoji(256) });
  await accounts.charge('long', { quantity: Buffer.from(randomEmoji(900)).toString('base64') });
  await accounts.charge('long', { model: randomEmoji(900), user: randomEmoji(900) });
  await catchUpEnvironment(pool, ENVIRONMENT, EVERYTHING);
  const { rows } = await pool.query<{ model: string; quantity: string }>(
    `select model, quantity from usage_quantities where account_id = $1 and '(other)' in (model, quantity) order by 1`,
    [key],
  );
  expect(rows).toEqual([
    { model: '(other)', quantity: 'calls' },
    { model: 'm', quantity: '(other)' },
  ]);
  expect(await verifyRollups(pool)).toMatchObject({ differences: 0 });
  expect(await rebuildRollups(pool, { from: null, to: null })).toMatchObject({ corrected: 0 });
});

it('leaves out an account that can not be added up, says which, and adds up all others', async () => {
  await pool.query(`alter table usage_slots add constraint none_of_poison check (model <> 'poison')`);
  const ids = ['a', 'b', 'bad', 'c', 'd'];
  for (const id of ids) await accounts.open(id);
  const good = ids.filter((id) => id !== 'bad').map((id) => keyOf(id));
  const rolledUp = async () => {
    const { rows } = await pool.query<{ account_id: AccountKey; requests: string }>(
      'select account_id, sum(requests) as requests from usage_slots where account_id = any($1) group by 1',
      [ids.map((id) => keyOf(id))],
    );
    return Object.fromEntries(rows.map(({ account_id: key, requests }) => [key, Number(requests)]));
  };
  const each = (requests: number) => Object.fromEntries(good.map((key) => [key, requests]));
  const said = /bad \(test\) can't be added up in the reports: .*none_of_poison/;
  const chargeAll = async () => {
    for (const id of ids) await accounts.charge(id, { model: id === 'bad' ? 'poison' : 'm' });
  };

  await chargeAll();
  const lines: string[] = [];
  const chore = rollUpChore(pool, (line) => void lines.push(line));
  expect(await chore.run(() => Promise.resolve())).toBe(false);
  expect(lines).toEqual([expect.stringMatching(said)]);
  expect(await rolledUp()).toEqual(each(1));

  await chargeAll();
  expect(await chore.run(() => Promise.resolve())).toBe(false);
  expect(lines).toHaveLength(1);
  expect(await rolledUp()).toEqual(each(2));

  await chargeAll();
  expect(await catchUpEnvironment(pool, ENVIRONMENT)).toMatchObject({ isComplete: false });
  expect(await rolledUp()).toEqual(each(3));

  await chargeAll();
  await expect(catchUpEnvironment(pool, ENVIRONMENT, EVERYTHING)).rejects.toThrow(said);
  expect(await rolledUp()).toEqual(each(4));
  await expect(catchUpAccount(pool, keyOf('bad'))).rejects.toThrow(said);
  await pool.query('alter table usage_slots drop constraint none_of_poison');
  await catchUpEnvironment(pool, ENVIRONMENT, EVERYTHING);
  expect(await rolledUp()).toEqual({ ...each(4), [keyOf('bad')]: 4 });
});
