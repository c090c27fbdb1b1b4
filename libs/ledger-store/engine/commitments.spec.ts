import { connect, type Pool } from '#database';
import { accountKey, type Command, type CommandType } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { AccountReader } from '../read/account-reader.ts';
import { QuietClocks } from '../sweep/quiet-clocks.ts';
import { sweepDue } from '../sweep/sweep-due.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Any year to come. */
const YEAR = new Date().getUTCFullYear() + 1;
const MAY = Date.UTC(YEAR, 4, 1);
const KEY = accountKey('test', 'a');
const REF = { environment: 'test', id: 'a', key: KEY };

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;

/** Ten minutes before the end of an April in which an account that commits to 100 a month has spent nothing. */
beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
  clocks = new TestClocks(pool);
  await travel(Date.UTC(YEAR, 2, 31, 23, 50) - Date.now());
  await ledger.do(inTest(createAccount('a', { commitment: '100', overdraftLimit: '1000' })));
  await ledger.do(inTest(createGrant('a', '500')));
  await ledger.do(inTest(charge('a', '1')));
  await travel(30 * DAY_MS);
  await ledger.do(inTest(charge('a', '0.5')));
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await pool.end();
  // Fails unless every period is what authorizations and transfers say.
  await books.close();
  await database.drop();
});

function travel(milliseconds: number): Promise<void> {
  return advanceClock(clocks, 'test', milliseconds);
}

function inTest<T extends CommandType>(command: Command<T>): Command<T> {
  return inEnvironment('test', command);
}

async function hold(amount: string, by = ledger, seconds = 3600): Promise<string> {
  const { authorization } = await by.do(inTest(authorize('a', amount, seconds)));
  return authorization.id;
}

/** What was charged for shortfalls, each with the instant as of which it was. */
async function shortfalls(): Promise<string[]> {
  const { rows } = await books.pool.query<{ shown: string }>(
    `select format('%s %s', to_char(created_at at time zone 'UTC', 'MM-DD HH24:MI:SS.MS'), trim_scale(amount)) as shown
      from transfers where kind = 'commitment' order by id`,
  );
  return rows.map(({ shown }) => shown);
}

function sweep(by = ledger, quietClocks = new QuietClocks()): Promise<number> {
  const log = (line: string): never => {
    throw new Error(line);
  };
  return sweepDue(by.engine, pool, { expiryNotices: [DAY_MS], log, quietClocks });
}

/** A sweep leaves alone what was written lately: now it is as if that was three seconds ago. */
async function rest(): Promise<void> {
  await books.pool.query('update accounts set id_clock = id_clock - 3000 * 4096');
}

async function posted(): Promise<string | undefined> {
  const found = await new AccountReader(pool).find(REF);
  return found?.balance.posted.toFixed();
}

describe('a shortfall', () => {
  it('is charged once, whoever decides and sweeps at the end of the month', async () => {
    await travel(10 * MINUTE_MS);
    await Promise.all([
      ...Array.from({ length: 20 }, (_, index) => (index % 2 ? ledger : other).do(inTest(charge('a', '1')))),
      sweep(ledger),
      sweep(other),
    ]);
    expect(await shortfalls()).toEqual(['04-30 23:59:59.999 99.5']);
    expect(await posted()).toBe('379');
  });

  it('is charged month by month by one sweep, and by no other', async () => {
    const quietClocks = new QuietClocks();
    expect(await sweep(ledger, quietClocks)).toBe(0);
    await travel(70 * DAY_MS);
    await rest();
    const swept = await Promise.all([sweep(ledger, quietClocks), sweep(other)]);
    expect(Math.max(...swept)).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await shortfalls()).toEqual(['04-30 23:59:59.999 99.5', '05-31 23:59:59.999 100', '06-30 23:59:59.999 100']);
  });

  it('is charged when its month ends, by sweeps that look at the test clock only when something is due', async () => {
    const quietClocks = new QuietClocks();
    await travel(10 * MINUTE_MS - 3000);
    await rest();
    expect(await sweep(ledger, quietClocks)).toBe(0);
    await eventually(async () => (await sweep(ledger, quietClocks)) === 1, 'the shortfall is booked');
    expect(await shortfalls()).toEqual(['04-30 23:59:59.999 99.5']);
  });

  it('shows in balances before anybody has booked it, and at every past instant', async () => {
    await ledger.do(inTest(updateOverage()));
    await ledger.do(inTest(charge('a', '480')));
    // Of a month that is met nothing is missing; of the next one, 18.5 are credits and the rest is debt.
    await travel(32 * DAY_MS);
    expect(await posted()).toBe('-81.5');
    const reader = new AccountReader(pool);
    const at = async (instant: number): Promise<unknown> => {
      const found = await reader.findAt(REF, instant);
      if (found === null || found === 'future') throw new Error('there is no such balance');
      return [found.balance.posted.toFixed(), found.account.debt.toFixed()];
    };
    const june = Date.UTC(YEAR, 5, 1);
    const instants = [MAY, june - 2, june - 1, june];
    const expected = [
      ['18.5', '0'],
      ['18.5', '0'],
      ['-81.5', '81.5'],
      ['-81.5', '81.5'],
    ];
    expect(await Promise.all(instants.map(at))).toEqual(expected);
    await rest();
    expect(await sweep()).toBe(1);
    expect(await Promise.all(instants.map(at))).toEqual(expected);
  });

  it('is charged once where the answer of the commit is lost', async () => {
    const wire = await FaultyWire.to(database.url);
    const shaky = new TestLedger(wire.url);
    await travel(10 * MINUTE_MS);
    for (const fault of ['answer lost', 'lost'] as const) {
      wire.failNextCommit(fault);
      await Promise.allSettled([shaky.do(inTest(charge('a', '1')), 'key')]);
    }
    await shaky.do(inTest(charge('a', '1')), 'key');
    await shaky.stop();
    await wire.close();
    expect(await shortfalls()).toEqual(['04-30 23:59:59.999 99.5']);
  });

  function updateOverage(): Command<'update_account'> {
    return { type: 'update_account', account: REF, terms: { overage: 'debt' } };
  }
});

describe('what lands late', () => {
  it('is set off against the shortfall, by a process that has cached the account and by one that knows nothing', async () => {
    const holds = [await hold('10'), await hold('20'), await hold('30')];
    await travel(11 * MINUTE_MS);
    await ledger.do(inTest(charge('a', '1')));
    await ledger.do(inTest(charge('a', '1')));
    const [first = '', second = '', third = ''] = holds;
    await ledger.do(inTest(commit(first)));
    await other.do(inTest(commit(second)));
    await ledger.do(inTest(commit(third, '15', false)));
    await other.do(inTest(commit(third)));
    expect(await books.value(`select trim_scale(sum(amount)) from transfers where kind = 'refund'`)).toBe('60');
    expect(await posted()).toBe('397');
  });

  it('is paid by a shortfall that took all there was, and refunded, whoever decides', async () => {
    await hold('399', ledger, 86_400);
    const [first, second] = [await hold('40', ledger, 60), await hold('20', ledger, 60)];
    await travel(11 * MINUTE_MS);
    // Neither the shortfall nor the credits that it took are cached anywhere when this arrives.
    const { authorization } = await other.do(inTest(commit(first)));
    expect(authorization.committed).toBe('40');
    expect(await shortfalls()).toEqual(['04-30 23:59:59.999 99.5']);
    await ledger.do(inTest(commit(second)));
    await other.do(refund(first, '15'));
    expect(await posted()).toBe('414');
    expect(await books.value(`select trim_scale(sum(amount)) from transfers where kind = 'refund'`)).toBe('75');
    expect(await books.value('select trim_scale(sum(uncollected)) from authorizations')).toBe('0');
  });

  it('is set off by concurrent commits no more than was missing', async () => {
    const holds = await Promise.all(Array.from({ length: 24 }, () => hold('5')));
    await travel(11 * MINUTE_MS);
    await Promise.all(holds.map((id, index) => (index % 2 ? ledger : other).do(inTest(commit(id)))));
    expect(await books.value(`select trim_scale(sum(amount)) from transfers where kind = 'refund'`)).toBe('99.5');
    expect(await posted()).toBe(new Amount('498.5').minus(120).toFixed());
  });
});

function refund(id: string, amount: string): Command<'refund'> {
  return { type: 'refund', authorization: { environment: 'test', id }, amount: new Amount(amount), reason: null };
}

it('an account without a commitment has no periods, and nobody reads any', async () => {
  await ledger.account('plain', '10');
  await ledger.do(charge('plain', '1'));
  const periods = `select count(*) from commitment_periods where account_id = $1`;
  expect(await books.value(periods, [accountKey('live', 'plain')])).toBe('0');
});
