import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { KnownAccounts } from '../load/known-accounts.ts';
import { charge, createAccount, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render } from '../testing/test-ledger.ts';
import { decideAhead, type DecidedAhead } from './decide-ahead.ts';
import { Flights } from './flights.ts';
import { ledgerPool } from './ledger-pool.ts';
import { runBatch } from './run-batch.ts';
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

it('is not written behind one that was not, though another process left the account with the same clock', async () => {
  const pool = ledgerPool(database.url, 2, () => undefined);
  const ask = (amount: string) => [queued({ command: charge('a', amount), key: null, render })];
  const mine = new KnownAccounts(() => true);
  const theirs = new KnownAccounts(() => true);
  await runBatch(pool, [queued({ command: createAccount('a'), key: null, render })], { known: mine });
  await runBatch(pool, [queued({ command: createGrant('a', '100'), key: null, render })], { known: mine });
  const { now } = await runBatch(pool, ask('1'), { known: mine });
  await runBatch(pool, ask('10000'), { known: theirs });
  const at = now + 20;
  while (Date.now() < at + 2);
  const decide = (known: KnownAccounts, amount: string): DecidedAhead => {
    const decided = decideAhead(known, ask(amount), at);
    if (!decided) throw new Error('it could not be decided ahead');
    return decided;
  };
  const first = decide(mine, '2');
  const second = decide(mine, '3');
  const other = decide(theirs, '5');

  const ours = new Flights(pool);
  await ours.open();
  const elsewhere = new Flights(pool);
  await elsewhere.open();
  await elsewhere.send(other.statements, 1);
  const ends = await Promise.allSettled([ours.send(first.statements, 1), ours.send(second.statements, 1)]);
  await pool.end();
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
