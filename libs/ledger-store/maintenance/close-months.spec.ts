import type { Pool } from '#database';
import { accountKey } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, chargeEach, createAccount } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { closeMonths } from './close-months.ts';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
let pool: Pool;
/** This month, and when it is over. */
let month: string;
let monthEnd: number;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
  pool = books.pool;
  const [year = 0, number = 0] = (await books.value(`select to_char(now() at time zone 'UTC', 'YYYY-MM')`))
    .split('-')
    .map(Number);
  monthEnd = Date.UTC(year, number);
  month = new Date(monthEnd - 1).toISOString().slice(0, 7);
});
afterEach(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

/** Accounts with a grant and a charge each. */
async function fill(count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, at) => `a${String(at)}`);
  await Promise.all(ids.map((id) => ledger.account(id, '10')));
  await Promise.all(ids.map((id) => ledger.do(charge(id, '1'))));
}

const closings = async (): Promise<number> => Number(await books.value('select count(*) from closings'));

describe('months', () => {
  it('are closed when they are over, once, for every account that was written in them', async () => {
    await fill(120);
    await ledger.do(createAccount('idle'));
    expect(await closeMonths(pool, monthEnd - 1)).toEqual({ months: [], isMore: false });
    expect(await closings()).toBe(0);
    expect(await closeMonths(pool, monthEnd)).toEqual({ months: [month], isMore: false });
    expect(await closings()).toBe(120);
    expect(await closeMonths(pool, monthEnd)).toEqual({ months: [], isMore: false });
    expect(await books.value(`select count(*) from closings where credits = 9 and debt = 0`)).toBe('120');
  });

  it('are closed one after the other, and a month in which nothing was written needs no closing', async () => {
    await fill(3);
    const afterNext = new Date(monthEnd);
    afterNext.setUTCMonth(afterNext.getUTCMonth() + 1);
    const next = new Date(monthEnd).toISOString().slice(0, 7);
    expect((await closeMonths(pool, afterNext.getTime())).months).toEqual([month, next]);
    expect(await closings()).toBe(3);
  });

  it('are closed once where several processes are at it', async () => {
    await fill(120);
    const closed = await Promise.all([
      closeMonths(pool, monthEnd),
      closeMonths(pool, monthEnd),
      closeMonths(pool, monthEnd),
    ]);
    expect(closed.flatMap(({ months }) => months)).toEqual([month]);
    expect(await closings()).toBe(120);
  });

  it('of which some accounts are closed are gone on with, wherever it stopped', async () => {
    await fill(120);
    await pool.query(`
      create function stop_at() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
      create trigger stops before insert on closings for each row
        when (new.account_id > ${BigInt(accountKey('live', 'a60'))}) execute function stop_at()`);
    await expect(closeMonths(pool, monthEnd)).rejects.toThrow('stopped');
    const closedBefore = await closings();
    await pool.query('drop trigger stops on closings');
    expect(await closeMonths(pool, monthEnd)).toEqual({ months: [month], isMore: false });
    expect(await closings()).toBe(120);
    expect(closedBefore).toBeLessThan(120);
  });

  it('with more transfers than one closing takes in have as many as it needs', async () => {
    await ledger.account('hot', '1000');
    for (let round = 0; round < 21; round += 1) await ledger.do(chargeEach(Array<string>(1000).fill('hot'), '0.001'));
    await fill(2);
    expect(await closeMonths(pool, monthEnd)).toEqual({ months: [month], isMore: false });
    expect(
      await books.value(`select string_agg(trim_scale(credits)::text, ' ' order by through_id) from closings
      where account_id = ${accountKey('live', 'hot')}`),
    ).toBe('980.001 979');
    expect(await closings()).toBe(4);
  });

  it('begin with the oldest that has a partition', async () => {
    expect(await books.value(`select to_char(month at time zone 'UTC', 'YYYY-MM') from closing_progress`)).toBe(month);
  });
});
