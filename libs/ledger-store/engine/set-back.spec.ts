import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, commit } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

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

describe('a part commit that could charge nothing', () => {
  it('is not lost where two processes make one each', async () => {
    const ledger = new TestLedger(database.url);
    const other = new TestLedger(database.url);
    await ledger.account('a', '10');
    const { authorization } = await ledger.do(authorize('a', '10'));
    await ledger.do(commit(authorization.id, '10', false));
    await other.do(commit(authorization.id, '5', false));
    const last = await ledger.do(commit(authorization.id, '3', false));
    await ledger.stop();
    await other.stop();
    expect(await books.value('select trim_scale(uncollected) from holds')).toBe('8');
    expect(last.authorization.uncollected).toBe('8');
  });

  it('is not done twice where the answer of its commit is lost', async () => {
    const wire = await FaultyWire.to(database.url);
    const ledger = new TestLedger(wire.url);
    await ledger.account('a', '10');
    const { authorization } = await ledger.do(authorize('a', '10'));
    await ledger.do(commit(authorization.id, '10', false));
    wire.failNextCommit('answer lost');
    const [end] = await Promise.allSettled([ledger.do(commit(authorization.id, '5', false))]);
    await ledger.stop();
    await wire.close();
    const uncollected = await books.value('select trim_scale(uncollected) from holds');
    expect([end.status, uncollected]).toEqual(['rejected', '5']);
  });
});

describe('an outcome that is unknown', () => {
  it('is called so, where the database cannot be reached any more', async () => {
    const wire = await FaultyWire.to(database.url);
    const ledger = new TestLedger(wire.url);
    await ledger.account('a', '10');
    wire.failNextCommit('answer lost');
    const ended = Promise.allSettled([ledger.do(charge('a', '1'))]);
    // The way to the database is gone for good.
    await sleep(2);
    const closed = wire.refuse();
    const [end] = await ended;
    await ledger.stop();
    await closed;
    expect(await books.spent('a')).toBe('1');
    expect(end).toMatchObject({ reason: { reason: 'outcome_unknown' } });
  });
});

describe('two batches under way, one behind the other', () => {
  it('are both answered, whichever moment the second fails at', async () => {
    const ledger = new TestLedger(database.url);
    for (let round = 0; round < 60; round += 1) {
      const account = `a${String(round)}`;
      await ledger.account(account, '10');
      // The second finds the key of the first.
      const answers = await Promise.all(Array.from({ length: 100 }, () => ledger.ask(charge(account, '1'), 'k')));
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    }
    await ledger.stop();
  });

  it('are both answered where both are refused by one and the same packet', async () => {
    const wire = await FaultyWire.to(database.url);
    const ledger = new TestLedger(wire.url);
    await ledger.account('a', '10');
    await ledger.do(charge('a', '1'));
    const lock = await books.lock('a', 'update accounts set id_clock = id_clock + 1 where account_id = $1');
    const first = ledger.do(charge('a', '1'));
    await books.lockWaits();
    const second = ledger.do(charge('a', '1'));
    // Sent as soon as it is asked for, without an answer that would tell.
    await sleep(50);
    wire.holdBack();
    await lock.commit();
    await sleep(100);
    wire.letThrough();
    const answers = await Promise.race([Promise.all([first, second]), sleep(2000, 'never answered')]);
    expect(answers).toMatchObject([{ account: 'a' }, { account: 'a' }]);
    await ledger.stop();
    await wire.close();
    expect(await books.spent('a')).toBe('3');
  });
});

describe('a command that is decided ahead and cannot be written', () => {
  it('fails alone', async () => {
    const ledger = new TestLedger(database.url);
    await ledger.account('bad', '10');
    const failure = await Promise.race([
      ledger.submit(authorize('bad', '1', NaN)).catch((error: unknown) => error),
      sleep(2000, 'never answered'),
    ]);
    const next = await Promise.race([ledger.do(charge('bad', '1')), sleep(2000, 'never answered')]);
    expect([failure, next]).not.toContain('never answered');
    await ledger.stop();
  }, 10000);
});
