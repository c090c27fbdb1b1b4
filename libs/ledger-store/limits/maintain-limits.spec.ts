import { Amount } from '#amounts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, commit } from '../testing/commands.ts';
import { LimitedLedgers, type LimitedLedger } from '../testing/limited-ledgers.ts';
import { brokenPromises } from '../testing/shares-of.ts';
import { TestBooks } from '../testing/test-books.ts';
import { maintainLimits } from './maintain-limits.ts';

let database: TestDatabase;
let ledgers: LimitedLedgers;
let one: LimitedLedger;
let two: LimitedLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledgers = new LimitedLedgers(database.url);
  one = await ledgers.open();
  two = await ledgers.open();
  books = new TestBooks(database.url);
  for (const account of ['a', 'b']) await one.ledger.account(account, '10000');
});
afterEach(async () => {
  expect(await brokenPromises(books)).toBe('');
  await ledgers.close();
  await books.close();
  await database.drop();
});

const maintain = ({ ledger, pool }: LimitedLedger): Promise<void> => maintainLimits(ledger.engine, pool);
const granted = async (): Promise<string> =>
  new Amount(await books.value('select granted from span_limit_windows')).toFixed();
async function aMinutePasses(): Promise<void> {
  await books.pool.query(`update span_limit_shares set leased_at = leased_at - interval '1 minute'`);
}

/** What was told of limits: percent, thresholds crossed, and what was spent. */
async function alerts(): Promise<unknown> {
  const { rows } = await books.pool.query<{ type: string; data: Record<string, unknown> }>(
    `select type, data from events where type like '%limit.threshold_reached' order by id`,
  );
  return rows.map(({ type, data: { percent, crossed, spent } }) => [type, percent, crossed, spent]);
}

describe('a share that its account doesn’t use', () => {
  it('is given back after a minute without a lease, where half of the limit is leased', async () => {
    await ledgers.limit(one, '1000');
    await one.ledger.do(commit((await one.ledger.do(authorize('a', '600'))).authorization.id, '100'));
    await maintain(two);
    expect(await granted()).toBe('600');
    await aMinutePasses();
    await Promise.all([maintain(one), maintain(two)]);
    expect(await granted()).toBe('100');
    await one.ledger.do(charge('a', '1'));
  });

  it('is left alone where there is enough for all', async () => {
    await ledgers.limit(one, '1000');
    await one.ledger.do(charge('a', '1'));
    await aMinutePasses();
    await maintain(one);
    expect(await granted()).toBe('3.90625');
  });

  it('is given back at once where the limit was lowered below what is leased', async () => {
    await ledgers.limit(one, '100000');
    await one.ledger.do(charge('a', '1'));
    expect(await granted()).toBe('390.625');
    await ledgers.limit(one, '10');
    await maintain(two);
    expect(await granted()).toBe('1');
    expect((await one.ledger.ask(charge('a', '10'))).code).toBe('environment_limit_exceeded');
    await one.ledger.do(charge('b', '9'));
  });
});

describe('an alert of a limit', () => {
  it('is sent once for each threshold of a window, whoever looks', async () => {
    await ledgers.limit(one, '100');
    await one.ledger.do(authorize('b', '40'));
    await one.ledger.do(charge('a', '49'));
    await maintain(one);
    expect(await alerts()).toEqual([]);
    await one.ledger.do(charge('a', '1'));
    await Promise.all([maintain(one), maintain(two), maintain(one)]);
    const half = ['environment_limit.threshold_reached', 50, [50], '50'];
    expect(await alerts()).toEqual([half]);
    await ledgers.limit(one, '60');
    await Promise.all([maintain(two), maintain(one)]);
    expect(await alerts()).toEqual([half, ['environment_limit.threshold_reached', 75, [75], '50']]);
  });

  it('of a key names the key', async () => {
    const keyId = await ledgers.limitKey(one, '10');
    await one.ledger.do({ ...charge('a', '10'), keyId });
    await maintain(two);
    expect(await alerts()).toEqual([['key_limit.threshold_reached', 100, [50, 75, 90, 100], '10']]);
  });
});

describe('a window of a limit', () => {
  const windows = async (): Promise<unknown> =>
    (
      await books.pool.query<{ window_start: Date; window_end: Date }>(
        'select window_start, window_end from span_limit_windows order by window_start',
      )
    ).rows.map(({ window_start, window_end }) => [window_start.toISOString(), window_end.toISOString()]);

  it('goes on where the time zone is another one, and is the one of all accounts', async () => {
    const id = await ledgers.limit(one, '100', 'month');
    await one.ledger.do(charge('a', '1'));
    const before = await windows();
    await books.pool.query(`update span_limits set time_zone = 'Pacific/Auckland' where id = $1`, [id]);
    await two.ledger.do(charge('b', '1'));
    expect(await windows()).toEqual(before);
    expect(await books.value('select count(distinct (window_start, window_end)) from counters')).toBe('1');
  });
});
