import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '#ledger';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Rendered } from './submission.ts';
import { authorize, authorizeAll, charge, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render, TestLedger } from '../testing/test-ledger.ts';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

describe('a batch that has much to look at', () => {
  it('is decided within its time: a thousand items, ten thousand grants that are held to the last credit', async () => {
    await ledger.account('a', '1');
    await Promise.all(Array.from({ length: 10_000 }, () => ledger.do(createGrant('a', '1'))));
    await ledger.do(authorize('a', '10001'));
    const batch = authorizeAll(new Array<string>(1000).fill('a'), '1');
    expect((await ledger.ask({ ...batch, mode: 'independent' })).code).toBe('ok');
    expect((await ledger.ask(batch)).code).toBe('credits_held');
  }, 60_000);

  it('has changed nothing, and says so, where Postgres had no patience with it', async () => {
    await ledger.account('a', '10');
    const slowly = (outcome: Outcome<object>): Rendered => {
      // Longer than a session may idle within a transaction.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5500);
      return render(outcome);
    };
    const other = new TestLedger(database.url);
    const slow = other.engine.submit<'charge'>({ command: charge('a', '1'), key: null, render: slowly });
    await expect(slow).rejects.toMatchObject({ reason: 'database_unavailable' });
    expect(await books.spent('a')).toBe('0');
    expect((await other.ask(charge('a', '1'))).code).toBe('ok');
    await other.stop();
  }, 20_000);
});
