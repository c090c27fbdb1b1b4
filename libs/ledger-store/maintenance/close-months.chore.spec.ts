import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestBooks } from '../testing/test-books.ts';
import { closeMonthsChore } from './close-months.chore.ts';

let database: TestDatabase;
let books: TestBooks;
beforeAll(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
});
afterAll(async () => {
  await books.close();
  await database.drop();
});

it('closes the months that are over, and logs each', async () => {
  await books.pool.query(`update closing_progress set month = month - interval '2 months'`);
  const log: object[] = [];
  const chore = closeMonthsChore(books.pool, { info: (fields) => log.push(fields) });
  expect(await chore.run(() => Promise.resolve())).toBe(false);
  expect(log).toEqual([
    { month: expect.stringMatching(/^\d{4}-\d\d$/) },
    { month: expect.stringMatching(/^\d{4}-\d\d$/) },
  ]);
});
