import { connect, type Pool } from '#database';
import { accountKey, type Command, type CommandType, type Transfer } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { EventReader } from './event-reader.ts';
import type { FollowRequest, Page } from './page.ts';
import { TransferReader } from './transfer-reader.ts';

const HOUR_MS = 60 * 60 * 1000;
const ACME = { environment: 'test', id: 'acme', key: accountKey('test', 'acme') };
const ALL_TIMES = { from: null, to: null };

let database: TestDatabase;
let engines: readonly [TestLedger, TestLedger];
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;

beforeEach(async () => {
  database = await createTestDatabase();
  engines = [new TestLedger(database.url), new TestLedger(database.url)];
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 4, pipeline: true, settings, log: () => undefined });
  clocks = new TestClocks(pool);
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await pool.end();
  await books.close();
  await database.drop();
});

const inTest = <T extends CommandType>(command: Command<T>): Command<T> => inEnvironment('test', command);

interface Followed<T> {
  readonly seen: readonly T[];
  /** How many reads found something new. */
  readonly reads: number;
}

/** Reads on and on from the last object seen, until a read finds nothing after the writers have finished. */
async function follow<T extends { readonly id: string }>(
  read: (request: FollowRequest) => Promise<Page<T> | 'unknown' | null>,
  isFinished: () => boolean,
): Promise<Followed<T>> {
  const seen: T[] = [];
  let reads = 0;
  for (;;) {
    const wasFinished = isFinished();
    const page = await read({ limit: 5, after: null, lastSeen: seen.at(-1)?.id ?? null });
    if (page === null || page === 'unknown') throw new Error('what was seen is not there');
    seen.push(...page.items);
    if (page.items.length > 0) reads += 1;
    else if (wasFinished) return { seen, reads };
  }
}

/** Spends, holds and commits by both engines, while time jumps over holds and grants that end in another order than they are spent in. */
async function write(): Promise<void> {
  const spenders = Array.from({ length: 16 }, async (_, index) => {
    const engine = engines[index % 2 === 0 ? 0 : 1];
    for (let round = 0; round < 12; round += 1) {
      await engine.ask(inTest(charge('acme', '0.5')));
      const { authorization } = await engine.do(inTest(authorize('acme', '1', 600 + 60 * round)));
      if (round % 3 > 0) await engine.ask(inTest(commit(authorization.id, '0.25')));
    }
  });
  const keeper = async (): Promise<void> => {
    for (let round = 0; round < 8; round += 1) {
      const { now } = await clocks.read('test');
      const engine = engines[round % 2 === 0 ? 0 : 1];
      await engine.do({ ...inTest(createGrant('acme', '20', now + 2 * HOUR_MS)), priority: 1 });
      await engine.do({ ...inTest(createGrant('acme', '20', now + HOUR_MS)), priority: 2 });
      await advanceClock(clocks, 'test', 3 * HOUR_MS);
    }
  };
  await Promise.all([...spenders, keeper()]);
  await engines[0].do(inTest(charge('acme', '1')));
}

describe('whoever follows an account by the ids of its transfers', () => {
  it('misses none and sees none twice, whatever two processes write and time does meanwhile', async () => {
    await engines[0].do(inTest(createAccount('acme')));
    await engines[0].do(inTest(createGrant('acme', '100000')));
    const transfers = new TransferReader(pool, engines[0].engine);
    const events = new EventReader(pool);
    let isFinished = false;
    const [, transfersSeen, eventsSeen] = await Promise.all([
      write().finally(() => {
        isFinished = true;
      }),
      follow<Transfer>(
        (page) => transfers.follow(ACME, ALL_TIMES, page),
        () => isFinished,
      ),
      follow(
        (page) => events.follow('test', { account: ACME, type: null }, page),
        () => isFinished,
      ),
    ]);

    const idsOf = async (table: string): Promise<string> =>
      books.value(`select string_agg(id::text, ' ' order by id) from ${table} where account_id = $1`, [ACME.key]);
    expect(transfersSeen.seen.map(({ id }) => id).join(' ')).toBe(await idsOf('transfers'));
    expect(eventsSeen.seen.map(({ id }) => id).join(' ')).toBe(await idsOf('events'));
    // It was worth following: much came while it was read, and time alone did some of it.
    expect(Math.min(transfersSeen.reads, eventsSeen.reads)).toBeGreaterThan(20);
    expect(transfersSeen.seen.filter(({ kind }) => kind === 'breakage').length).toBeGreaterThan(4);
  });

  it('sees them as the account numbered its events', async () => {
    await engines[0].do(inTest(createAccount('acme')));
    await engines[0].do(inTest(createGrant('acme', '100000')));
    await write();
    const numbers = `select string_agg(sequence::text, ' ' order by id) = string_agg(sequence::text, ' ' order by sequence) from events`;
    expect(await books.value(numbers)).toBe('true');
  });
});
