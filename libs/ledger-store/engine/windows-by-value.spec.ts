import { connect, type Pool } from '#database';
import type { ObservedBatch } from './engine-observer.ts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { MOVED_MAX } from '../load/lapsed-holds.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorizeFor, chargeFor, chargeForAll, putBudget } from '../testing/budget-commands.ts';
import { commit, createAccount, createGrant, voidHold } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render, said, TestLedger } from '../testing/test-ledger.ts';
import { AccountCache } from '../load/account-cache.ts';
import { ledgerPool } from './ledger-pool.ts';
import { runLocked } from './run-locked.ts';
import { queued } from './submission.ts';
import type { EngineOptions } from './engine.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Any year to come. */
const YEAR = new Date().getUTCFullYear() + 1;

let database: TestDatabase;
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;
let started: TestLedger[];
let ledger: TestLedger;
let other: TestLedger;

beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  pool = connect(database.url, {
    connectionsMax: 2,
    pipeline: true,
    settings: { role: 'purser_app' },
    log: () => undefined,
  });
  clocks = new TestClocks(pool);
  started = [];
  ledger = start();
  other = start();
  await travel(Date.UTC(YEAR, 2, 31, 12) - Date.now());
  await account('a');
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await pool.end();
  // Fails unless every counter is what its authorizations say.
  await books.close();
  await database.drop();
});

function start(options: Partial<EngineOptions> = {}, url = database.url): TestLedger {
  const engine = new TestLedger(url, options);
  started.push(engine);
  return engine;
}

function travel(milliseconds: number): Promise<void> {
  return advanceClock(clocks, 'test', milliseconds);
}

/** With 10 a day for each user. */
async function account(id: string): Promise<void> {
  await ledger.do(inEnvironment('test', createAccount(id)));
  await ledger.do(inEnvironment('test', createGrant(id, '1000000')));
  await ledger.do(putBudget(id, 'daily', { amount: '10', per: 'user' }));
}

async function hold(by: TestLedger, user: string, amount: string, holdSeconds = 900): Promise<string> {
  const { authorization } = await by.do(authorizeFor('a', user, amount, holdSeconds));
  return authorization.id;
}

const committed = (id: string, amount: string, final = true) => inEnvironment('test', commit(id, amount, final));

/** What each window has: `day user used/reserved`. */
async function windows(): Promise<string[]> {
  const { rows } = await books.pool.query<{ shown: string }>(
    `select format('%s %s %s/%s', to_char(window_start at time zone 'UTC', 'MM-DD HH24'), value, trim_scale(used),
        trim_scale(reserved)) as shown
      from counters order by window_start, value`,
  );
  return rows.map(({ shown }) => shown);
}

describe('what a user may spend', () => {
  it('is the same for a process that knows nothing of it', async () => {
    await hold(ledger, 'anna', '6');
    expect((await other.ask(authorizeFor('a', 'anna', '5'))).code).toBe('budget_exceeded');
    await hold(other, 'anna', '4');
    await hold(other, 'ben', '10');
    expect((await ledger.ask(chargeFor('a', 'anna', '1'))).code).toBe('budget_exceeded');
    expect((await start().ask(chargeFor('a', 'ben', '1'))).code).toBe('budget_exceeded');
    expect(await windows()).toEqual(['03-31 00 anna 0/10', '03-31 00 ben 0/10']);
  });

  it('is told exactly by a decline, remembered or not, though the window was not known', async () => {
    await ledger.do(chargeFor('a', 'anna', '6'));
    await other.do(chargeFor('a', 'ben', '1'));
    for (const by of [other, start({ windowsMax: 1 })]) {
      const { body } = await by.ask(authorizeFor('a', 'anna', '5'), 'key');
      expect(JSON.parse(body)).toMatchObject({ code: 'budget_exceeded', spent: '6', held: '0', limit: '10' });
    }
  });

  it('is never exceeded by 500 requests to two processes at once, whatever they remember', async () => {
    const forgetful = [start({ windowsMax: 3 }), start({ windowsMax: 3 })];
    const users = Array.from({ length: 40 }, (_, index) => `user-${String(index)}`);
    const ask = async (index: number): Promise<string> => {
      const by = forgetful[index % 2] as TestLedger;
      const user = users[(index * 7) % users.length] as string;
      const { code, body } = await by.ask(authorizeFor('a', user, '1'));
      if (code !== 'ok') return code;
      const { authorization } = JSON.parse(body) as { authorization: { id: string } };
      const after = forgetful[(index >> 1) % 2] as TestLedger;
      if (index % 3 === 0) await after.do(committed(authorization.id, '1'));
      return code;
    };
    const codes = await Promise.all(Array.from({ length: 500 }, (_, index) => ask(index)));
    // Each user asks for 1 twelve or thirteen times.
    expect(codes.filter((code) => code === 'ok')).toHaveLength(400);
    expect(new Set(codes)).toEqual(new Set(['ok', 'budget_exceeded']));
    expect(await books.value('select count(*) from counters where used + reserved = 10')).toBe('40');
  });

  it('is decided under locks just as ahead', async () => {
    await hold(ledger, 'anna', '6');
    await Promise.all(
      [ledger, other].flatMap((by) => ['anna', 'ben'].map((user) => by.ask(authorizeFor('a', user, '3')))),
    );
    // Two processes that write to one account leave it to locks.
    for (const by of [ledger, other, ledger, other]) await by.do(chargeFor('a', 'carl', '1'));
    expect(await windows()).toEqual(['03-31 00 anna 0/9', '03-31 00 ben 0/6', '03-31 00 carl 4/0']);
  });

  it('is asked for by all items of a batch, which is refused as a whole', async () => {
    await ledger.do(chargeFor('a', 'anna', '9'));
    for (const by of [ledger, other, start()]) {
      expect((await by.ask(chargeForAll('a', ['ben', 'anna', 'carl'], '2'))).code).toBe('budget_exceeded');
    }
    await other.do(chargeForAll('a', ['ben', 'anna', 'carl'], '1'));
    expect(await windows()).toEqual(['03-31 00 anna 10/0', '03-31 00 ben 1/0', '03-31 00 carl 1/0']);
  });
});

describe('the window of a user', () => {
  it('is found again by whoever commits, voids or refunds', async () => {
    const [first, second] = [await hold(ledger, 'anna', '4', 86_400), await hold(ledger, 'anna', '3', 86_400)];
    await travel(13 * HOUR_MS);
    await start().do(committed(first, '5'));
    await start({ windowsMax: 1 }).do(inEnvironment('test', voidHold(second)));
    const fresh = start();
    await fresh.do({
      type: 'refund',
      authorization: { environment: 'test', id: first },
      amount: null,
      reason: null,
    });
    expect(await windows()).toEqual(['03-31 00 anna 0/0']);
  });

  it('is read again for a commit where it was dropped since', async () => {
    const small = start({ windowsMax: 1 });
    const ids = new Map<string, string>();
    for (const user of ['anna', 'ben', 'carl']) ids.set(user, await hold(small, user, '4'));
    for (const id of ids.values()) await small.do(committed(id, '3', false));
    for (const id of ids.values()) await small.do(committed(id, '2'));
    expect(await windows()).toEqual(['anna', 'ben', 'carl'].map((user) => `03-31 00 ${user} 5/0`));
  });

  it('is freed when holds lapse, also of users that nobody remembers', async () => {
    for (const user of ['anna', 'ben', 'carl']) await hold(ledger, user, '4', 60);
    await travel(60_000);
    await other.do(chargeFor('a', 'carl', '10'));
    expect(await windows()).toEqual(['03-31 00 anna 0/0', '03-31 00 ben 0/0', '03-31 00 carl 10/0']);
    expect((await ledger.ask(chargeFor('a', 'carl', '1'))).code).toBe('budget_exceeded');
  });

  it('is freed however many lapse at once', async () => {
    await hold(ledger, 'anna', '0.001', 60);
    await books.pool.query(
      `insert into holds select (h).* from (
        select jsonb_populate_record(h, jsonb_build_object('id', overlay(h.id::text placing lpad(n::text, 8, '0') from 1),
          'expires_at', h.expires_at - n * interval '1 ms')) as h
        from holds h, generate_series(1, $1::integer) n) copies`,
      [MOVED_MAX + 100],
    );
    await books.pool.query('update grants set held = held * $1', [MOVED_MAX + 101]);
    await books.pool.query('update counters set reserved = reserved * $1', [MOVED_MAX + 101]);
    await books.pool.query('update accounts set id_clock = id_clock + 1');
    await travel(10 * 60_000);
    await other.do(chargeFor('a', 'anna', '10'));
    expect(await windows()).toEqual(['03-31 00 anna 10/0']);
  });

  it('ends where it would have, though its account has moved to another time zone, also for whoever does not know it', async () => {
    await ledger.do(chargeFor('a', 'anna', '9'));
    const { account: ref } = putBudget('a', 'daily', { amount: '10' });
    await other.do({ type: 'update_account', account: ref, terms: { timeZone: 'Pacific/Auckland' } });
    // In Auckland it is April.
    for (const by of [ledger, other, start()]) {
      expect((await by.ask(chargeFor('a', 'anna', '2'))).code).toBe('budget_exceeded');
    }
    await start().do(chargeFor('a', 'ben', '2'));
    await travel(12 * HOUR_MS);
    await start().do(chargeFor('a', 'anna', '10'));
    expect(await windows()).toEqual(['03-31 00 anna 9/0', '03-31 11 ben 2/0', '04-01 00 anna 10/0']);
  });
});

describe('a batch under locks', () => {
  it('looks again where one of its commands has changed which windows the next asks for', async () => {
    await ledger.do(chargeFor('a', 'anna', '9'));
    const put = putBudget('a', 'daily', { amount: '10', per: 'user' });
    await ledger.do({ type: 'delete_budget', account: put.account, budget: { name: 'daily' } });
    const batch = [put, chargeFor('a', 'anna', '2'), chargeFor('a', 'ben', '2')].map((command) =>
      queued({ command, key: null, render }),
    );
    const locking = ledgerPool(database.url, 1, () => undefined);
    const { answers } = await runLocked(locking, batch, { cache: new AccountCache() });
    await locking.end();
    expect(answers.map((answer) => answer && said(answer).code)).toEqual(['ok', 'budget_exceeded', 'ok']);
    expect(await windows()).toEqual(['03-31 00 anna 9/0', '03-31 00 ben 2/0']);
  });
});

describe('where the answer of a commit is lost', () => {
  it('nothing is counted twice for a user', async () => {
    const wire = await FaultyWire.to(database.url);
    const shaky = start({}, wire.url);
    const id = await hold(shaky, 'anna', '4');
    for (const fault of ['answer lost', 'lost'] as const) {
      wire.failNextCommit(fault);
      await Promise.allSettled([shaky.do(chargeFor('a', 'ben', '3'), 'charge')]);
      wire.failNextCommit(fault);
      await Promise.allSettled([shaky.do(committed(id, '4'), 'commit')]);
    }
    await shaky.do(chargeFor('a', 'ben', '3'), 'charge');
    await shaky.do(committed(id, '4'), 'commit');
    expect(await windows()).toEqual(['03-31 00 anna 4/0', '03-31 00 ben 3/0']);
    await wire.close();
  });
});

describe('a process that keeps only some windows', () => {
  it('decides ahead all the same, and learns from the first refusal to look first', async () => {
    const batches: ObservedBatch['how'][] = [];
    const small = start({ windowsMax: 10, observer: { onBatch: ({ how }) => batches.push(how) } });
    await small.do(chargeFor('a', 'zoe', '1'));
    batches.length = 0;
    for (let round = 0; round < 3; round += 1) {
      for (let user = 0; user < 20; user += 1) await small.do(chargeFor('a', `user-${String(user)}`, '1'));
    }
    expect(batches.filter((how) => how === 'conflicted').length).toBeLessThanOrEqual(2);
    expect(batches.filter((how) => how === 'ahead').length).toBeGreaterThanOrEqual(58);
    expect(await books.value('select count(*) from counters where used = 3')).toBe('20');
  });
});
