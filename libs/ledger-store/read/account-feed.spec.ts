import { connect, type Pool } from '#database';
import { accountKey } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { createGrant } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { AccountFeed, type NumberedEvent } from './account-feed.ts';

const LOOK_MS = 250;
const ACME = { environment: 'live', id: 'acme', key: accountKey('live', 'acme') };

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
let pool: Pool;
let feed: AccountFeed;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
  feed = new AccountFeed(pool, (line) => {
    throw new Error(line);
  });
});
afterEach(async () => {
  await ledger.stop();
  await pool.end();
  await books.close();
  await database.drop();
});

/** Follows the account. */
function follow(after: number | null) {
  const seen: { events: NumberedEvent[]; news: number } = { events: [], news: 0 };
  const stop = feed.follow(ACME, {
    after,
    next: ({ events }) => {
      seen.news += 1;
      seen.events.push(...events);
    },
  });
  return { seen, stop };
}

describe('whoever follows an account', () => {
  it('after events that aren’t kept any more is told how things are, once, and then what comes', async () => {
    await ledger.account('acme', '10');
    await ledger.do(createGrant('acme', '10'));
    await books.pool.query('delete from events');
    const { seen, stop } = follow(0);
    await eventually(() => seen.news > 0, 'it is told how things are');
    await sleep(3 * LOOK_MS);
    expect(seen).toEqual({ events: [], news: 1 });
    await ledger.do(createGrant('acme', '10'));
    await eventually(() => seen.events.length === 1, 'the next event is told');
    expect(seen.events).toMatchObject([{ sequence: 3 }]);
    stop();
  });

  it('after a number that no event has yet misses none of those to come', async () => {
    await ledger.account('acme', '10');
    const { seen, stop } = follow(1000);
    await eventually(() => seen.news === 1, 'it is told how things are');
    await ledger.do(createGrant('acme', '10'));
    await eventually(() => seen.events.length === 1, 'the next event is told');
    expect(seen.events).toMatchObject([{ sequence: 2 }]);
    stop();
  });

  it('gets all of what it has missed, in order, in more than one part', async () => {
    await ledger.account('acme');
    await Promise.all(Array.from({ length: 230 }, () => ledger.do(createGrant('acme', '1'))));
    const { seen, stop } = follow(0);
    await eventually(() => seen.events.length >= 230, 'all events are told');
    await sleep(2 * LOOK_MS);
    expect(seen.events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 230 }, (_, at) => at + 1));
    stop();
  });
});
