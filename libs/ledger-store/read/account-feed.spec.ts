import { connect, type Pool } from '#database';
import { accountKey } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { createGrant } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { AccountFeed, type NumberedEvent } from './account-feed.ts';

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

/** Follows an account. */
function follow(after: number | null, account = ACME) {
  const seen: { events: NumberedEvent[]; news: number } = { events: [], news: 0 };
  const stop = feed.follow(account, {
    after,
    next: ({ events }) => {
      seen.news += 1;
      seen.events.push(...events);
    },
  });
  return { seen, stop };
}

/** Waits until the feed has polled a few times: so often it reports news of another account, one after the other. */
async function somePolls(): Promise<void> {
  const beat = { environment: 'live', id: 'beat', key: accountKey('live', 'beat') };
  await ledger.account('beat');
  const { seen, stop } = follow(0, beat);
  for (let count = 1; count <= 3; count += 1) {
    await ledger.do(createGrant('beat', '1'));
    await eventually(() => seen.events.length >= count, 'the feed polls');
  }
  stop();
}

describe('a follower of an account', () => {
  it('after events that aren’t kept any more receives the balance once, and then what comes', async () => {
    await ledger.account('acme', '10');
    await ledger.do(createGrant('acme', '10'));
    await books.pool.query('delete from events');
    const { seen, stop } = follow(0);
    await eventually(() => seen.news > 0, 'it receives the balance');
    await somePolls();
    expect(seen).toEqual({ events: [], news: 1 });
    await ledger.do(createGrant('acme', '10'));
    await eventually(() => seen.events.length === 1, 'it receives the next event');
    expect(seen.events).toMatchObject([{ sequence: 3 }]);
    stop();
  });

  it('after a number that no event has yet misses none of those to come', async () => {
    await ledger.account('acme', '10');
    const { seen, stop } = follow(1000);
    await eventually(() => seen.news === 1, 'it receives the balance');
    await ledger.do(createGrant('acme', '10'));
    await eventually(() => seen.events.length === 1, 'it receives the next event');
    expect(seen.events).toMatchObject([{ sequence: 2 }]);
    stop();
  });

  it('gets all of what it has missed, in order, in more than one part', async () => {
    await ledger.account('acme');
    await Promise.all(Array.from({ length: 230 }, () => ledger.do(createGrant('acme', '1'))));
    const { seen, stop } = follow(0);
    await eventually(() => seen.events.length >= 230, 'it receives all events');
    await somePolls();
    expect(seen.events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 230 }, (_, at) => at + 1));
    stop();
  });
});
