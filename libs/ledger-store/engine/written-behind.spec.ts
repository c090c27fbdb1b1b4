import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { AccountCache } from '../load/account-cache.ts';
import { charge, createAccount, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render } from '../testing/test-ledger.ts';
import { decideAhead } from './decide-ahead.ts';
import { ledgerPool } from './ledger-pool.ts';
import { Pipeline, type Sending } from './pipeline.ts';
import { runLocked } from './run-locked.ts';
import { queued } from './submission.ts';

let database: TestDatabase;
let books: TestBooks;
beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await books.close();
  await database.drop();
});

it('is not written behind one that was not, though another process left the account at the same version', async () => {
  const pool = ledgerPool(database.url, 3, () => undefined);
  const ask = (amount: string) => [queued({ command: charge('a', amount), key: null, render })];
  const mine = new AccountCache();
  const theirs = new AccountCache();
  await runLocked(pool, [queued({ command: createAccount('a'), key: null, render })], { cache: mine });
  await runLocked(pool, [queued({ command: createGrant('a', '100'), key: null, render })], { cache: mine });
  // A batch is written soon after it is decided, so the connections are there before.
  const ours = new Pipeline(pool);
  await ours.open();
  const elsewhere = new Pipeline(pool);
  await elsewhere.open();
  const { now } = await runLocked(pool, ask('1'), { cache: mine });
  await runLocked(pool, ask('10000'), { cache: theirs });
  const at = now + 20;
  while (Date.now() < at + 2);
  const decide = (cache: AccountCache, amount: string): Sending => {
    const { guards, writes, accounts } = decideAhead(cache, ask(amount), at, 1);
    return { guards, writes, accounts: new Set(accounts), weight: 1, liveWeight: 1 };
  };
  const first = decide(mine, '2');
  const second = decide(mine, '3');
  const other = decide(theirs, '5');

  await elsewhere.send(other);
  const ends = await Promise.allSettled([ours.send(first), ours.send(second)]);
  await pool.end();
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
