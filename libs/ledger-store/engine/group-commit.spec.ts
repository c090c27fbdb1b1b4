import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, chargeAll, commit, authorize } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

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

/** Submits commands while a transaction of the account's lane is under way and can't go on. */
async function whileBusy(account: string, submitAll: () => readonly Promise<unknown>[]): Promise<void> {
  const lock = await books.lock(account);
  const first = ledger.do(charge(account, '1'));
  await books.lockWaits();
  const answers = submitAll();
  await lock.release();
  await first;
  await Promise.all(answers);
}

describe('group commit', () => {
  it('decides everything that was submitted while a transaction was under way in the next transaction', async () => {
    await ledger.account('hot', '1000');
    await whileBusy('hot', () => Array.from({ length: 300 }, () => ledger.do(charge('hot', '1'))));

    expect(await books.count('transfers', `kind = 'usage'`)).toBe(301);
    expect(await books.transactionsOf('hot')).toBe(2);
  });

  it('shares the transaction among accounts', async () => {
    const single = new TestLedger(database.url);
    const accounts = Array.from({ length: 40 }, (_, index) => `spread-${index}`);
    await Promise.all(accounts.map((id) => single.account(id, '10')));
    const lock = await books.lock('spread-0');
    const first = single.do(charge('spread-0', '1'));
    await books.lockWaits();
    const others = accounts.slice(1).map((id) => single.do(charge(id, '1')));
    await lock.release();
    await Promise.all([first, ...others]);
    await single.stop();

    expect(await books.value(`select count(distinct xmin::text) from transfers where kind = 'usage'`)).toBe('2');
  });

  it('gives a lone command a transaction of its own, and the answer of that one is all it waits for', async () => {
    await ledger.account('calm', '10');
    await ledger.do(charge('calm', '1'));
    await ledger.do(charge('calm', '1'));
    expect(await books.transactionsOf('calm')).toBe(2);
  });

  it('decides the commands of an account in the order they were submitted', async () => {
    await ledger.account('ordered', '500');
    const decisions = await Promise.all(Array.from({ length: 400 }, () => ledger.do(charge('ordered', '1'))));

    const posted = decisions.map(({ authorization }) => Number(authorization.balance.posted));
    expect(posted).toEqual(Array.from({ length: 400 }, (_, index) => 499 - index));
    const ids = decisions.map(({ authorization }) => authorization.id);
    expect(ids).toEqual(ids.toSorted());
  });

  it('lets a later command of the batch see what an earlier one did', async () => {
    await ledger.account('tight', '10');
    const answers = await Promise.all(Array.from({ length: 25 }, () => ledger.ask(charge('tight', '1'))));
    expect(answers.filter(({ code }) => code === 'ok')).toHaveLength(10);
    expect(answers.slice(10).every(({ code }) => code === 'insufficient_credits')).toBe(true);
  });

  it('takes at most batchMax decisions into one transaction, a batch request counting by its items', async () => {
    await ledger.stop();
    ledger = new TestLedger(database.url, { batchMax: 10 });
    await ledger.account('counted', '1000');
    await whileBusy('counted', () => [
      ...Array.from({ length: 10 }, () => ledger.do(charge('counted', '1'))),
      ledger.do(
        chargeAll(
          Array.from({ length: 25 }, () => 'counted'),
          '1',
        ),
      ),
      ...Array.from({ length: 4 }, () => ledger.do(charge('counted', '1'))),
      ledger.do(
        chargeAll(
          Array.from({ length: 7 }, () => 'counted'),
          '1',
        ),
      ),
    ]);

    // 1 | 10 | the batch of 25 alone | 4 | 7
    const { rows } = await books.pool.query<{ decisions: string }>(
      `select count(*) as decisions from authorizations group by xmin::text order by min(id::text)`,
    );
    expect(rows.map(({ decisions }) => Number(decisions))).toEqual([1, 10, 25, 4, 7]);
  });

  it('commits in one transaction the authorizations that another one has made', async () => {
    await ledger.account('pairs', '1000');
    const held = await Promise.all(Array.from({ length: 100 }, () => ledger.do(authorize('pairs', '2'))));
    await whileBusy('pairs', () => held.map(({ authorization }) => ledger.do(commit(authorization.id, '1'))));

    expect(await books.spent('pairs')).toBe('101');
    expect(await books.transactionsOf('pairs')).toBe(2);
    expect(await books.count('holds')).toBe(0);
  });
});
