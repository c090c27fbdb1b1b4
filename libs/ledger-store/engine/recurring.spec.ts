import { connect, type Pool } from '#database';
import { accountKey, DEFAULT_RECURRING_PRIORITY, type AccountRef, type Command, type RecurringTerms } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { AccountReader } from '../read/account-reader.ts';
import { GrantReader } from '../read/grant-reader.ts';
import { RecurringGrantReader } from '../read/recurring-grant-reader.ts';
import { sweepDue } from '../sweep/sweep-due.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorize, charge, createAccount } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

/** Any January to come. */
const START = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
  clocks = new TestClocks(pool);
  await until(START);
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await pool.end();
  // Fails unless every period was granted once, and every grant is what its transfers say.
  await books.close();
  await database.drop();
});

async function until(time: number): Promise<void> {
  const { rows } = await books.pool.query<{ ahead_ms: string }>(
    `select ahead_ms from test_clocks where environment = 'test'`,
  );
  const ahead = Math.max(0, ...rows.map(({ ahead_ms }) => Number(ahead_ms)));
  await advanceClock(clocks, 'test', time - Date.now() - ahead);
}

/** An instant of the month so many months after the start. */
function month(months: number, day = 1): number {
  return Date.UTC(new Date(START).getUTCFullYear(), months, day);
}

function ref(id: string): AccountRef {
  return { environment: 'test', id, key: accountKey('test', id) };
}

function monthly(id: string, terms: Partial<RecurringTerms> = {}): Command<'put_recurring_grant'> {
  return {
    type: 'put_recurring_grant',
    account: ref(id),
    name: 'plan',
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
      ...terms,
    },
    startsAt: null,
    endsAt: null,
    anchor: month(0),
  };
}

/** What can't be swept, because another one has it locked for long, is swept next time. */
function sweep(by = ledger): Promise<number> {
  return sweepDue(by.engine, pool, { expiryNotices: [], log: () => undefined });
}

async function count(where = 'true'): Promise<number> {
  const { rows } = await books.pool.query<{ count: number }>(
    `select count(*)::integer as count from grants where period is not null and ${where}`,
  );
  return rows[0]?.count ?? 0;
}

async function posted(id: string): Promise<string | undefined> {
  return (await new AccountReader(pool).find(ref(id)))?.balance.posted.toFixed();
}

describe('recurring grants', () => {
  it('are granted to 100 accounts in each of 24 months exactly once, also where nobody sweeps for three months', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `a${String(index)}`);
    const rollover = { max: new Amount('500'), percent: null, periods: null };
    await Promise.all(
      ids.map(async (id, index) => {
        await ledger.do(inEnvironment('test', createAccount(id)));
        await ledger.do(monthly(id, index % 2 === 0 ? { rollover } : {}));
      }),
    );
    for (let months = 1; months < 24; months += 1) {
      await until(month(months) + MINUTE_MS);
      if (months >= 7 && months < 10) continue;
      // Whoever comes first grants, and the others find it granted.
      const charges = ids.slice(0, 5).map((id) => other.do(inEnvironment('test', charge(id, '10'))));
      await Promise.all([sweep(ledger), sweep(other), ...charges]);
      await books.pool.query('update accounts set id_clock = id_clock - 3000 * 4096');
    }
    await eventually(async () => (await sweep()) === 0, 'everything is swept');
    expect(await count(`period ->> 'from' is null`)).toBe(2400);
    const { rows } = await books.pool.query<{ most: string }>(
      `select max(sum) as most from (select sum(remaining) from grants where period ->> 'from' is not null group by account_id) rolled (sum)`,
    );
    expect(Number(rows[0]?.most)).toBe(500);
    expect([await posted('a10'), await posted('a11')]).toEqual(['900', '400']);
  }, 120_000);

  it('are right for whoever reads before anybody has settled, now and for the past', async () => {
    await ledger.do(inEnvironment('test', createAccount('a')));
    await ledger.do(monthly('a', { rollover: { max: null, percent: new Amount('50'), periods: null } }));
    await until(month(2, 10));
    expect(await posted('a')).toBe('800');
    const past = async (at: number) => {
      const found = await new AccountReader(pool).findAt(ref('a'), at);
      return found && found !== 'future' ? found.balance.posted.toFixed() : null;
    };
    const instants = [month(1) - 1, month(1), month(2) - 1, month(2)];
    const before = await Promise.all(instants.map(past));
    expect(before).toEqual(['400', '600', '600', '800']);
    expect(await count()).toBe(1);
    const page = await new GrantReader(pool, ledger.engine).list(ref('a'), { after: null, limit: 10 });
    expect(page?.items.map(({ grant }) => grant.amount.toFixed())).toEqual(['400', '200', '400', '200', '400']);
    const read = await new RecurringGrantReader(pool, ledger.engine).list(ref('a'));
    expect(read?.recurring[0]?.last?.grant).toBe(page?.items[0]?.grant.id);
    expect(await Promise.all(instants.map(past))).toEqual(before);
  });

  it('leave nothing to be swept where none is to come', async () => {
    await ledger.do(inEnvironment('test', createAccount('a')));
    await ledger.do(monthly('a', { expires: 'never' }));
    expect(await books.count('account_refills', 'due_at is not null')).toBe(1);
    await ledger.do({ type: 'delete_recurring_grant', account: ref('a'), name: 'plan' });
    expect(await books.count('account_refills', 'due_at is not null')).toBe(0);
  });

  it('are listed with what has rolled over, also where no period begins any more', async () => {
    await ledger.do(inEnvironment('test', createAccount('a')));
    await ledger.do(monthly('a', { rollover: { max: null, percent: null, periods: null } }));
    await ledger.do(inEnvironment('test', authorize('a', '150', 32 * 24 * 3600)));
    await ledger.do({ type: 'delete_recurring_grant', account: ref('a'), name: 'plan' });
    const listed = async (): Promise<readonly string[]> => {
      const page = await new GrantReader(pool, ledger.engine).list(ref('a'), { after: null, limit: 10 });
      return page?.items.map(({ grant }) => `${grant.remaining.toFixed()} of ${grant.amount.toFixed()}`) ?? [];
    };
    await until(month(1));
    expect(await listed()).toEqual(['250 of 250', '150 of 400']);
    await until(month(2));
    expect(await listed()).toEqual(['150 of 150', '250 of 250', '0 of 400']);
  });

  it('settle three years of days in bounded steps, and decide only after the last', async () => {
    for (const id of ['lasting', 'ending']) await ledger.do(inEnvironment('test', createAccount(id)));
    const daily = { interval: 'day', amount: new Amount('1') } as const;
    await ledger.do(monthly('lasting', { ...daily, expires: 'never' }));
    await ledger.do(monthly('ending', daily));
    await until(month(36));
    const days = Math.round((month(36) - month(0)) / DAY_MS) + 1;
    await other.do(inEnvironment('test', charge('lasting', '1000')));
    expect(await count(`account_id = ${ref('lasting').key}`)).toBe(days);
    expect(await posted('lasting')).toBe(String(days - 1000));
    await other.do(inEnvironment('test', charge('ending', '1')));
    // The first was granted when it began; the running one and a hundred before it are grants of their own.
    expect(await count(`account_id = ${ref('ending').key}`)).toBe(103);
    expect(await posted('ending')).toBe('0');
  }, 60_000);
});
