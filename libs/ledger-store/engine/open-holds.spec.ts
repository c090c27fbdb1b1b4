import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NO_STORE_RULES } from '../prices/price-source.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, commit } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const rules = { ...NO_STORE_RULES, openHoldsMax: 3 };

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
beforeAll(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url, { rules });
  other = new TestLedger(database.url, { rules });
  books = new TestBooks(database.url);
});
afterAll(async () => {
  await ledger.stop();
  await other.stop();
  await books.close();
  await database.drop();
});

it('holds to the bound of open authorizations at any concurrency, from two processes, and frees a place when one ends', async () => {
  await ledger.account('acme', '1000');
  const race = (): Promise<string[]> =>
    Promise.all(
      Array.from(
        { length: 40 },
        async (_, at) => (await (at % 2 ? ledger : other).ask(authorize('acme', '1', 2))).code,
      ),
    );
  const codes = await race();
  expect(codes.filter((code) => code === 'ok')).toHaveLength(3);
  expect(codes.filter((code) => code === 'too_many_holds')).toHaveLength(37);
  expect(await books.count('holds')).toBe(3);
  await ledger.do(charge('acme', '1'));
  await sleep(2100);
  const again = await race();
  expect(again.filter((code) => code === 'ok')).toHaveLength(3);
  const id = await books.value('select id from holds limit 1');
  await other.do(commit(id));
  expect((await ledger.ask(authorize('acme', '1'))).code).toBe('ok');
  expect((await other.ask(authorize('acme', '1'))).code).toBe('too_many_holds');
});
