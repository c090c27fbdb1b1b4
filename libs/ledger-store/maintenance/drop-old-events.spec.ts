import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { dropOldEvents } from './drop-old-events.ts';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
beforeAll(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterAll(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

it('drops events after thirty days, and keeps the books in order', async () => {
  await ledger.account('acme', '10');
  await books.pool.query(`update events set recorded_at = now() - interval '30 days 1 minute'`);
  expect(await dropOldEvents(books.pool)).toBe(0);
  await books.pool.query(`update events set relayed_at = now()`);
  await ledger.do(createGrant('acme', '5'));
  expect(await dropOldEvents(books.pool)).toBe(1);
  expect(await dropOldEvents(books.pool)).toBe(0);
  expect(await books.value(`select string_agg(sequence::text, ' ') from events`)).toBe('2');
});
