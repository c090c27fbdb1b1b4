import { connect, type Pool } from '#database';
import { DEFAULT_TERMS, accountKey, type AccountRef } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, chargeEach, createGrant } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { QuietClocks } from './quiet-clocks.ts';
import { sweepDue } from './sweep-due.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOTICES = [DAY_MS, 7 * DAY_MS];

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await pool.end();
  await books.close();
  await database.drop();
});

function log(line: string): never {
  throw new Error(line);
}

function inTest(id: string): AccountRef {
  return { environment: 'test', id, key: accountKey('test', id) };
}

/** Makes an account with 10 credits that lives by a test clock. */
async function accountInTest(id: string): Promise<AccountRef> {
  const account = inTest(id);
  await ledger.do<'create_account'>({ type: 'create_account', account, unit: 'credits', terms: DEFAULT_TERMS });
  await ledger.do({ ...createGrant(id, '10'), account });
  return account;
}

function sweep(by = ledger): Promise<number> {
  return sweepDue(by.engine, pool, { expiryNotices: NOTICES, log });
}

async function typesOf(account: string): Promise<string[]> {
  const { rows } = await books.pool.query<{ type: string; sequence: string }>(
    'select type, sequence from events where account_id = $1 order by sequence',
    [accountKey('live', account)],
  );
  expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, at) => at + 1));
  return rows.map(({ type }) => type);
}

/** Sets the clock of the rows back, as if so much time had passed. */
async function pass(milliseconds: number): Promise<void> {
  const back = `interval '${String(milliseconds)} milliseconds'`;
  await books.pool.query(`update holds set expires_at = expires_at - ${back}, created_at = created_at - ${back}`);
  await books.pool.query(
    `update grants set expires_at = expires_at - ${back}, effective_at = effective_at - ${back}, created_at = created_at - ${back}`,
  );
  // Every write to what an account owns moves its clock, and so an engine doesn't take what it knows for true any more.
  await books.pool.query('update accounts set id_clock = id_clock - $1::bigint * 4096', [Math.max(milliseconds, 3000)]);
}

describe('a sweep', () => {
  it('leaves an account alone that was written just now, until its own traffic has booked what is due or two seconds are over', async () => {
    await ledger.account('acme', '10');
    const { authorization } = await ledger.do(authorize('acme', '4', 1));
    await eventually(() => Promise.resolve(Date.now() >= (authorization.expiresAt ?? 0)), 'the hold has lapsed');
    expect(await sweep()).toBe(0);
    expect(await books.count('holds')).toBe(1);
    await eventually(async () => (await sweep()) === 1, 'the account was swept');
    expect(await books.count('holds')).toBe(0);
  });

  it('books and tells lapsed holds, each once, however many and whoever sweeps', async () => {
    await ledger.account('acme', '100000');
    await ledger.account('beta', '10');
    await Promise.all(Array.from({ length: 300 }, () => ledger.do(authorize('acme', '1', 1))));
    await ledger.do(authorize('beta', '1', 1));
    await ledger.do(authorize('beta', '1', 900));
    await pass(2000);
    const swept = await Promise.all([sweep(ledger), sweep(other), sweep(ledger)]);
    expect(Math.max(...swept)).toBeLessThanOrEqual(2);
    expect(await sweep()).toBe(0);
    const types = await typesOf('acme');
    expect(types.filter((type) => type === 'authorization.expired')).toHaveLength(300);
    expect(types).toHaveLength(301);
    expect(await books.count('holds')).toBe(1);
    expect(await typesOf('beta')).toEqual(['grant.created', 'authorization.expired']);
  });

  it('books what is due where no notices are given at all, by test clocks too', async () => {
    const unnoticed = (): Promise<number> => sweepDue(ledger.engine, pool, { expiryNotices: [], log });
    await ledger.account('acme', '40');
    await ledger.do(createGrant('acme', '60', Date.now() + 10 * DAY_MS));
    await ledger.do({ ...authorize('beta', '4', 60), account: await accountInTest('beta') });
    expect(await unnoticed()).toBe(0);
    await books.pool.query(`insert into test_clocks (environment, number, ahead_ms) values ('test', 0, 61000)`);
    await eventually(async () => (await unnoticed()) === 1, 'the hold is booked');
    await pass(11 * DAY_MS);
    expect(await unnoticed()).toBe(1);
    expect(await unnoticed()).toBe(0);
    expect((await typesOf('acme')).slice(0, 3)).toEqual(['grant.created', 'grant.created', 'grant.expired']);
  });

  it('books what expired grants have left, and tells of it and of the thresholds that it crosses', async () => {
    await ledger.account('acme', '40');
    await ledger.do(createGrant('acme', '60', Date.now() + 10 * DAY_MS));
    await ledger.do(charge('acme', '10'));
    await pass(11 * DAY_MS);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await typesOf('acme')).toEqual([
      'grant.created',
      'grant.created',
      'grant.expired',
      'balance.threshold_reached',
    ]);
    expect(await books.count('transfers', `kind = 'breakage' and amount = 50`)).toBe(1);
  });

  it('lets scheduled grants enter: a new basis from their instant on', async () => {
    await ledger.account('acme', '100');
    await ledger.do(charge('acme', '60'));
    await ledger.do({ ...createGrant('acme', '60'), effectiveAt: Date.now() + DAY_MS });
    expect(await sweep()).toBe(0);
    await pass(2 * DAY_MS);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await typesOf('acme')).toContain('balance.replenished');
    await ledger.do(charge('acme', '50'));
    const percents = (await typesOf('acme')).filter((type) => type === 'balance.threshold_reached');
    expect(percents).toHaveLength(2);
  });

  it('gives notice of a grant’s expiry 7 days and 1 day ahead', async () => {
    await ledger.account('acme');
    await ledger.do(createGrant('acme', '60', Date.now() + 10 * DAY_MS));
    const notices = async (): Promise<number> =>
      (await typesOf('acme')).filter((type) => type === 'grant.expiring').length;
    expect(await sweep()).toBe(0);
    for (const [days, sum] of [
      [4, 1],
      [4, 1],
      [1.5, 2],
    ] as const) {
      await pass(days * DAY_MS);
      await sweep();
      expect(await notices()).toBe(sum);
    }
  });

  it('tells how many requests were declined in a minute, once, when the minute is over', async () => {
    await ledger.account('acme', '1');
    const ask = (): Promise<unknown> => ledger.ask(charge('acme', '2'));
    await Promise.all([ask(), ask(), other.ask(chargeEach(['acme', 'acme', 'acme'], '1'))]);
    expect(await sweep()).toBe(0);
    await books.pool.query(`update declines set minute = minute - interval '2 minutes'`);
    await Promise.all([sweep(ledger), sweep(other)]);
    expect(await sweep()).toBe(0);
    expect((await typesOf('acme')).filter((type) => type === 'authorization.declined')).toHaveLength(1);
    const declined = `select sum((data ->> 'requests')::integer) from events where type = 'authorization.declined'`;
    expect(await books.value(declined)).toBe('4');
  });

  it('goes by the clocks of environments whose time was advanced', async () => {
    const account = await accountInTest('acme');
    await ledger.do({ ...authorize('acme', '4', 60), account });
    await books.pool.query(`insert into test_clocks (environment, number, ahead_ms) values ('test', 0, 61000)`);
    await eventually(async () => (await sweep()) === 1, 'the account was swept');
    expect(await sweep()).toBe(0);
    expect(await books.value(`select string_agg(type, ' ' order by sequence) from events`)).toBe(
      'grant.created authorization.expired',
    );
  });

  it('reads next to nothing by a test clock while nothing is due, and misses nothing that becomes due', async () => {
    const quietClocks = new QuietClocks();
    const alone = connect(database.url, { connectionsMax: 1, pipeline: true, settings: { role: 'purser_app' }, log });
    const quietly = (): Promise<number> => sweepDue(ledger.engine, alone, { expiryNotices: NOTICES, log, quietClocks });
    const indexScans = async (): Promise<number> => {
      await alone.query('select pg_stat_force_next_flush()');
      return Number(
        await books.value(`select sum(idx_scan) from pg_stat_user_tables where relname in ('holds', 'grants')`),
      );
    };
    const ids = Array.from({ length: 100 }, (_, at) => `a${String(at)}`);
    await Promise.all(ids.map((id) => accountInTest(id)));
    await ledger.do({ ...createGrant('a1', '10', Date.now() + 30 * DAY_MS), account: inTest('a1') });
    await books.pool.query(`insert into test_clocks (environment, number, ahead_ms) values ('test', 0, ${DAY_MS})`);
    expect(await quietly()).toBe(0);
    const before = await indexScans();
    for (let n = 0; n < 10; n += 1) expect(await quietly()).toBe(0);
    expect((await indexScans()) - before).toBeLessThan(100);

    // Time passes, for a hold that was made when the clock was known to be quiet.
    await ledger.do({ ...authorize('a2', '4', 3), account: inTest('a2') });
    expect(await quietly()).toBe(0);
    await eventually(async () => (await quietly()) === 1, 'the hold is booked');
    expect(await quietly()).toBe(0);
    // The clock is advanced: six days before the grant of 30 days expires, the first notice is due.
    await books.pool.query(`update test_clocks set ahead_ms = ${24 * DAY_MS}`);
    await eventually(async () => (await quietly()) === 1, 'the notice is given');
    expect(await quietly()).toBe(0);
    await alone.end();
  });

  it('goes on past accounts that can’t be swept, however many stand before the others', async () => {
    const ids = Array.from({ length: 130 }, (_, at) => `a${String(at)}`);
    await Promise.all(
      ids.map(async (id) => {
        await ledger.account(id, '10');
        await ledger.do(authorize(id, '1', 1));
      }),
    );
    await pass(2000);
    // Their next number is taken, so nothing can be told of them.
    await books.pool.query(
      `insert into events (account_id, id, environment, type, sequence, data, occurred_at)
      select account_id, gen_random_uuid(), environment, 'grant.created', event_sequence + 1, '{}', now()
      from accounts order by account_id limit 30`,
    );
    const lines: string[] = [];
    const swept = await sweepDue(ledger.engine, pool, { expiryNotices: NOTICES, log: (line) => lines.push(line) });
    expect(swept).toBe(100);
    expect(lines).toEqual([expect.stringMatching(/^30 accounts could not be swept: /)]);
    expect(await books.count('holds')).toBe(30);
    await books.pool.query(`delete from events where data = '{}'`);
    expect(await sweep()).toBe(30);
  });

  it('that was killed midway leaves the rest to the next', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => ledger.account(id, '10')));
    for (const id of ['a', 'b', 'c', 'd']) await ledger.do(authorize(id, '1', 1));
    await pass(2000);
    const dying = new TestLedger(database.url);
    const swept = sweepDue(dying.engine, pool, { expiryNotices: NOTICES, log: () => undefined });
    await books.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename = current_user`,
    );
    await swept.catch(() => 0);
    await dying.stop();
    await eventually(async () => {
      await sweep().catch(() => 0);
      return (await books.count('holds')) === 0;
    }, 'the rest is swept');
    expect(await books.value(`select count(*) from events where type = 'authorization.expired'`)).toBe('4');
  });
});
