import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, createAccount, createGrant } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger, type Said } from '../testing/test-ledger.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';

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

/** Ends the connections that the engines under test have to the database. */
const TERMINATE = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'purser' and pid <> pg_backend_pid() and query not like '%pg_stat_activity%'`;

/** Submits a charge until it is answered, with the same key each time. */
async function answered(account: string, key: string): Promise<Said> {
  for (;;) {
    try {
      return await ledger.ask(charge(account, '1'), key);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      expect(['outcome_unknown', 'database_unavailable']).toContain(error.reason);
      await sleep(20);
    }
  }
}

/** Does something over and over until it is stopped. */
function repeatedly(work: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const stopped = (async () => {
    while (!stopping.signal.aborted) await work();
  })();
  return {
    stop: () => {
      stopping.abort();
      return stopped;
    },
  };
}

describe('a lost connection', () => {
  it('while the batch waits for its lock is no failure: nothing was changed, and the batch is repeated', async () => {
    await ledger.account('a', '10');
    const lock = await books.lock('a');
    const answers = Array.from({ length: 10 }, () => ledger.do(charge('a', '1')));
    await books.lockWaits();
    await books.pool.query(TERMINATE.replace('and pid', `and wait_event_type = 'Lock' and pid`));
    await lock.release();
    await Promise.all(answers);
    expect(await books.spent('a')).toBe('10');
  });

  it('between two batches is no failure', async () => {
    await ledger.account('a', '10');
    wire.cut();
    await ledger.do(charge('a', '1'));
    await books.pool.query(TERMINATE);
    await ledger.do(charge('a', '1'));
    expect(await books.spent('a')).toBe('2');
  });

  it('on the way of the commit is no failure where the accounts show that nothing was committed', async () => {
    await ledger.account('a', '10');
    wire.failNextCommit('lost');
    expect(await ledger.ask(charge('a', '1'), 'k')).toMatchObject({ code: 'ok', replayed: false });
    expect(await books.spent('a')).toBe('1');
    expect(await ledger.ask(charge('a', '1'), 'k')).toMatchObject({ code: 'ok', replayed: true });
  });

  it('on the way of the commit leaves the outcome unknown of what was decided under locks, and a retry does the work', async () => {
    const other = new TestLedger(database.url);
    await other.do(createAccount('a'));
    const { grant } = await other.do(createGrant('a', '10'));
    await other.stop();
    const voiding = { type: 'void_grant', grant: { environment: 'live', id: grant.id } } as const;
    wire.failNextCommit('lost');
    await expect(ledger.ask(voiding, 'k')).rejects.toMatchObject({ reason: 'outcome_unknown' });
    expect(await books.count('transfers', `kind = 'grant_void'`)).toBe(0);
    expect(await ledger.ask(voiding, 'k')).toMatchObject({ code: 'ok', replayed: false });
    expect(await books.count('transfers', `kind = 'grant_void'`)).toBe(1);
  });

  it('on the way of the commit’s answer leaves the outcome unknown, and a retry finds the work done', async () => {
    await ledger.account('a', '10');
    wire.failNextCommit('answer lost');
    const submissions = Array.from({ length: 5 }, (_, index) => ledger.ask(charge('a', '1'), `k${String(index)}`));
    const ends = await Promise.allSettled(submissions);
    expect(ends.every((end) => end.status === 'rejected')).toBe(true);
    expect(ends).toMatchObject(ends.map(() => ({ reason: { reason: 'outcome_unknown' } })));
    expect(await books.spent('a')).toBe('5');
    for (let index = 0; index < 5; index += 1) {
      expect(await ledger.ask(charge('a', '1'), `k${String(index)}`)).toMatchObject({ code: 'ok', replayed: true });
    }
    expect(await books.spent('a')).toBe('5');
  });

  it('leaves no outcome unknown where there was nothing to write', async () => {
    await ledger.account('a', '10');
    const said = await ledger.ask(charge('a', '1'), 'k');
    wire.failNextCommit('answer lost');
    expect(await ledger.ask(charge('a', '1'), 'k')).toEqual({ ...said, replayed: true });
    expect((await ledger.ask(charge('a', '1000'))).code).toBe('insufficient_credits');
  });

  it.each<[string, () => Promise<void>]>([
    [
      'ended by Postgres',
      async () => {
        await books.pool.query(TERMINATE);
      },
    ],
    [
      'cut on the way',
      () => {
        wire.cut();
        return Promise.resolve();
      },
    ],
  ])('again and again under load, %s, loses nothing and does nothing twice', async (_, breakConnections) => {
    const accounts = Array.from({ length: 8 }, (_, index) => `a${String(index)}`);
    await Promise.all(accounts.map((id) => ledger.account(id, '100000')));
    const worker = async (index: number): Promise<void> => {
      const account = accounts[index % accounts.length] ?? '';
      for (let round = 0; round < 10; round += 1) {
        expect((await answered(account, `${String(index)}/${String(round)}`)).code).toBe('ok');
      }
    };
    const breaking = repeatedly(async () => {
      await sleep(120);
      await breakConnections();
    });
    try {
      await Promise.all(Array.from({ length: 80 }, (_, index) => worker(index)));
    } finally {
      await breaking.stop();
    }
    expect(await books.count('transfers', `kind = 'usage'`)).toBe(800);
    expect(await books.value('select count(*) from idempotency_keys')).toBe('800');
  });
});

describe('a database that is away', () => {
  it('refuses within a bound, drops nothing that was answered, and serves again when it is back', async () => {
    await ledger.account('a', '1000');
    const unreachable = new TestLedger('postgres://purser:purser@127.0.0.1:1/purser');
    const submissions = Array.from({ length: 2000 }, () => unreachable.ask(createAccount('x')));
    const startedAt = performance.now();
    const ends = await Promise.allSettled(submissions);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(ends.every((end) => end.status === 'rejected')).toBe(true);
    expect(ends[0]).toMatchObject({ reason: { reason: 'database_unavailable' } });
    await unreachable.stop();
  });
});

describe('a schema that moves on', () => {
  it('leaves the commands of an older process alone when a migration adds columns', async () => {
    await ledger.account('a', '100');
    await ledger.do(charge('a', '1'));
    for (const table of ['accounts', 'grants', 'holds', 'authorizations', 'transfers']) {
      await books.pool.query(`alter table ${table} add column added_later text`);
    }
    await ledger.do(charge('a', '1'));
    await Promise.all(Array.from({ length: 20 }, () => ledger.do(charge('a', '1'))));
    expect(await books.spent('a')).toBe('22');
  });
});
