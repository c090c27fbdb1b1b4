import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

let database: TestDatabase;
let wire: FaultyWire;
let ledger: TestLedger;
let books: TestBooks;
beforeEach(async () => {
  database = await createTestDatabase();
  wire = await FaultyWire.to(database.url);
  ledger = new TestLedger(wire.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await wire.close();
  await books.close();
  await database.drop();
});
it('does nothing of a batch decided ahead whose transaction was not begun', async () => {
  await ledger.account('a', '10');
  wire.failNextBegin();
  await ledger.ask(charge('a', '1')).catch(() => null);
  expect(await books.spent('a')).toBe('1');
});
it('moves no lapsed hold where the transaction was not begun', async () => {
  await ledger.account('a', '10');
  await ledger.do(authorize('a', '9', 1));
  await sleep(1050);
  wire.failNextBegin();
  await ledger.ask(charge('a', '5')).catch(() => null);
  expect((await ledger.ask(charge('a', '5'))).code).toBe('ok');
  expect(await books.value('select trim_scale(held) from grants')).toBe('0');
});
