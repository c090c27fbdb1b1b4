import { Amount } from '#amounts';
import { connect, type Pool } from '#database';
import { accountKey, DEFAULT_RECURRING_PRIORITY, type AccountRef, type Command } from '#ledger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stopwatch } from '../../../test/support/stopwatch.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { charge, createAccount } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { sweepDue } from './sweep-due.ts';

/** `MIDNIGHT_ACCOUNTS=10000` takes a few minutes. */
const ACCOUNTS = Number(process.env['MIDNIGHT_ACCOUNTS'] ?? 300);
/** Well below what the engine's queue takes of one environment. */
const AT_ONCE = 500;
const SWEEP_MS_MAX = 60_000;

const START = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1);
const IDS = Array.from({ length: ACCOUNTS }, (_, index) => `a${String(index)}`);

let database: TestDatabase;
let ledgers: readonly TestLedger[];
let books: TestBooks;
let pool: Pool;
let ahead = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ledgers = [new TestLedger(database.url), new TestLedger(database.url)];
  books = new TestBooks(database.url);
  pool = connect(database.url, { connectionsMax: 4, pipeline: true, log: () => undefined });
  await until(START);
  await ofEach(async (id, ledger) => {
    await ledger.do(inEnvironment('test', createAccount(id)));
    await ledger.do(allowance(id));
    await ledger.do(inEnvironment('test', charge(id, '100')));
  });
}, 600_000);
afterAll(async () => {
  for (const ledger of ledgers) await ledger.stop();
  await pool.end();
  // Fails unless every period was granted once, and every grant is what its transfers say.
  await books.close();
  await database.drop();
}, 600_000);

/** Advances the test clock. */
async function until(time: number): Promise<void> {
  const milliseconds = time - Date.now() - ahead;
  await advanceClock(new TestClocks(pool), 'test', milliseconds);
  ahead += milliseconds;
}

/** The first instant of the month so many months after the start. */
function midnight(months: number): number {
  return Date.UTC(new Date(START).getUTCFullYear(), months, 1);
}

/** Does something for each account, for many at once, by both engines in turns. */
async function ofEach(act: (id: string, ledger: TestLedger) => Promise<void>): Promise<void> {
  for (let from = 0; from < ACCOUNTS; from += AT_ONCE) {
    const some = IDS.slice(from, from + AT_ONCE);
    await Promise.all(some.map((id, index) => act(id, ledgerOf(index))));
  }
}

function ledgerOf(index: number): TestLedger {
  const ledger = ledgers[index % ledgers.length];
  if (!ledger) throw new Error('there is an engine');
  return ledger;
}

function allowance(id: string): Command<'put_recurring_grant'> {
  const account: AccountRef = { environment: 'test', id, key: accountKey('test', id) };
  return {
    type: 'put_recurring_grant',
    account,
    name: 'allowance',
    terms: {
      amount: new Amount('400'),
      interval: 'month',
      every: 1,
      timeZone: null,
      category: 'included',
      priority: DEFAULT_RECURRING_PRIORITY,
      expires: 'end_of_period',
      rollover: null,
      scope: null,
      price: null,
      currency: null,
      prorateFirst: false,
    },
    startsAt: null,
    endsAt: null,
    anchor: START,
  };
}

/** Sweeps until nothing is due any more. An account that was written a moment ago is left to its requests for as long. */
async function sweepAll(by: TestLedger): Promise<void> {
  while ((await due()) > 0) await sweepDue(by.engine, pool, { expiryNotices: [], log: () => undefined });
}

function due(): Promise<number> {
  return books.count('account_refills', `due_at <= now() + interval '${String(ahead)} milliseconds'`);
}

function granted(): Promise<number> {
  return books.count('grants', 'period is not null');
}

describe(`at midnight, ${String(ACCOUNTS)} accounts with an allowance each`, () => {
  it('are right at their first request, whether or not a sweep came first', async () => {
    await until(midnight(1));
    const posted = new Map<string, string>();
    const asked = ofEach(async (id, ledger) => {
      const { authorization } = await ledger.do(inEnvironment('test', charge(id, '10')));
      posted.set(id, authorization.balance.posted);
    });
    await Promise.all([asked, ...ledgers.map(sweepAll)]);
    expect(posted.size).toBe(ACCOUNTS);
    expect(new Set(posted.values())).toEqual(new Set(['390']));
    expect(await granted()).toBe(2 * ACCOUNTS);
  }, 600_000);

  it('are all swept within a minute', async () => {
    await until(midnight(2));
    expect(await due()).toBe(ACCOUNTS);
    using watch = new Stopwatch();
    await sweepAll(ledgerOf(0));
    if (process.env['MIDNIGHT_ACCOUNTS'] !== undefined)
      process.stdout.write(`swept in ${String(Math.round(watch.ms))} ms\n`);
    expect(watch.ms).toBeLessThan(SWEEP_MS_MAX);
    expect(await granted()).toBe(3 * ACCOUNTS);
    const left = 'select account_id from grants group by account_id having sum(remaining) = 400';
    expect(await books.value(`select count(*) from (${left}) right_ones`)).toBe(String(ACCOUNTS));
  }, 600_000);
});
