import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, authorizeAll, charge, chargeAll, commit } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger, type Said } from '../testing/test-ledger.ts';

let database: TestDatabase;
let engines: readonly [TestLedger, TestLedger];
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  engines = [new TestLedger(database.url), new TestLedger(database.url)];
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await books.close();
  await database.drop();
});

/** Runs workers on both engines at once; each does `rounds` of work, one after the other. */
async function storm<T>(
  workers: number,
  rounds: number,
  work: (engine: TestLedger, n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const worker = async (index: number): Promise<void> => {
    const engine = engines[index % 2 === 0 ? 0 : 1];
    for (let round = 0; round < rounds; round += 1) results.push(await work(engine, index * rounds + round));
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => worker(index)));
  return results;
}

const passed = (answers: readonly Said[]): number => answers.filter(({ code }) => code === 'ok').length;

async function deadlocks(): Promise<string> {
  return books.value('select deadlocks from pg_stat_database where datname = current_database()');
}

describe('two engines on one database', () => {
  it('spend one account to the last credit and never beyond', async () => {
    await engines[0].account('hot', '500');
    const answers = await storm(64, 12, (engine) => engine.ask(charge('hot', '1')));
    expect(passed(answers)).toBe(500);
    expect(answers.filter(({ code }) => code === 'insufficient_credits')).toHaveLength(64 * 12 - 500);
    expect(await books.spent('hot')).toBe('500');
  });

  it('hold and commit on one account without ever holding what is not there', async () => {
    await engines[0].account('hot', '100');
    const committed = await storm(40, 10, async (engine, n) => {
      const answer = await engine.ask(authorize('hot', '5'));
      if (answer.code !== 'ok') return 0;
      const { authorization } = JSON.parse(answer.body) as { authorization: { id: string } };
      const amount = 1 + (n % 2);
      // The other engine may commit what this one has authorized.
      const finisher = engines[n % 3 === 0 ? 0 : 1];
      await finisher.do(commit(authorization.id, String(amount)));
      return amount;
    });
    const total = committed.reduce((sum, amount) => sum + amount, 0);
    expect(await books.spent('hot')).toBe(String(total));
    expect(total).toBeLessThanOrEqual(100);
    expect(await books.count('holds')).toBe(0);
  });

  it('lock pairs of accounts in opposite orders without a deadlock', async () => {
    const accounts = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(accounts.map((id) => engines[0].account(id, '10000')));
    const answers = await storm(48, 15, (engine, n) => {
      const first = accounts[n % 5] ?? '';
      const second = accounts[(n * 3 + 1) % 5] ?? '';
      return engine.ask(n % 2 === 0 ? chargeAll([first, second], '1') : chargeAll([second, first], '1'));
    });
    expect(passed(answers)).toBe(48 * 15);
    expect(await deadlocks()).toBe('0');
    const spent = await Promise.all(accounts.map((id) => books.spent(id)));
    expect(spent.reduce((sum, amount) => sum + Number(amount), 0)).toBe(48 * 15 * 2);
  });

  it('approve all of a batch or nothing, whatever else takes credits of its accounts', async () => {
    await Promise.all(['rich', 'poor'].map((id) => engines[0].account(id, id === 'rich' ? '10000' : '100')));
    const answers = await storm(40, 10, (engine, n) =>
      engine.ask(n % 2 === 0 ? authorizeAll(['rich', 'poor'], '1') : authorizeAll(['poor', 'rich'], '1')),
    );
    expect(passed(answers)).toBe(100);
    const held = `select trim_scale(sum(held)) from grants where account_id =
      (select account_id from accounts where external_id = $1)`;
    expect(await books.value(held, ['rich'])).toBe('100');
    expect(await books.value(held, ['poor'])).toBe('100');
  });

  it('keep the overdraft within its limit', async () => {
    await engines[0].account('owing', '10', { overdraftLimit: '50' });
    const answers = await storm(32, 8, (engine) => engine.ask(charge('owing', '1')));
    expect(passed(answers)).toBe(60);
    expect(await books.value(`select trim_scale(debt) from accounts where external_id = 'owing'`)).toBe('50');
  });
});
