import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, chargeEach } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render, TestLedger } from '../testing/test-ledger.ts';
import type { Answer } from './submission.ts';

let database: TestDatabase;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await books.close();
  await database.drop();
});

describe('a full queue', () => {
  it('refuses at once, drops nothing of what it has taken, and takes more when there is room', async () => {
    const ledger = new TestLedger(database.url, { queueMax: 100 });
    await ledger.account('a', '1000');
    const lock = await books.lock('a');
    const taken = Array.from({ length: 50 }, () => ledger.do(charge('a', '1')));
    const others = Array.from({ length: 50 }, (_, index) => ledger.ask(charge(`b${String(index)}`, '1')));

    await expect(ledger.do(charge('a', '1'))).rejects.toMatchObject({ reason: 'queue_full' });
    await expect(ledger.do(charge('c', '1'))).rejects.toMatchObject({ reason: 'queue_full' });
    await lock.release();
    await Promise.all([...taken, ...others]);
    expect(await books.spent('a')).toBe('50');

    await Promise.all(Array.from({ length: 50 }, () => ledger.do(charge('a', '1'))));
    expect(await books.spent('a')).toBe('100');
    await ledger.stop();
  });

  it('counts a batch request by its items', async () => {
    const ledger = new TestLedger(database.url, { queueMax: 100 });
    await ledger.account('a', '1000');
    const lock = await books.lock('a');
    const taken = ledger.do(chargeEach(Array<string>(40).fill('a'), '1'));
    await expect(ledger.do(chargeEach(Array<string>(11).fill('a'), '1'))).rejects.toMatchObject({
      reason: 'queue_full',
    });
    const rest = ledger.do(chargeEach(Array<string>(10).fill('a'), '1'));
    await lock.release();
    await Promise.all([taken, rest]);
    expect(await books.spent('a')).toBe('50');
    await ledger.stop();
  });

  it('counts a long request for more', async () => {
    const ledger = new TestLedger(database.url, { queueMax: 100 });
    await ledger.account('a', '1000');
    const submitted = (length: number): Promise<Answer> =>
      ledger.engine.submit<'charge'>({ command: charge('a', '1'), key: null, render, length });
    const lock = await books.lock('a');
    const taken = submitted(40 * 512);
    await expect(submitted(10 * 512 + 1)).rejects.toMatchObject({ reason: 'queue_full' });
    const rest = submitted(10 * 512);
    await lock.release();
    await Promise.all([taken, rest]);
    expect(await books.spent('a')).toBe('2');
    await ledger.stop();
  });

  it('has room again after commands that failed', async () => {
    const ledger = new TestLedger(database.url, { queueMax: 10 });
    await ledger.account('a', '1000');
    for (let round = 0; round < 5; round += 1) {
      const poisoned = Array.from({ length: 10 }, () => ledger.submit(charge('a', '1', { note: '\0' })));
      const ends = await Promise.allSettled(poisoned);
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    }
    await ledger.do(charge('a', '1'));
    await ledger.stop();
  });
});

describe('stopping', () => {
  it('answers everything that was taken, and refuses what comes later', async () => {
    const ledger = new TestLedger(database.url, { batchMax: 50 });
    const accounts = Array.from({ length: 20 }, (_, index) => `a${String(index)}`);
    await Promise.all(accounts.map((id) => ledger.account(id, '1000')));
    const taken = accounts.flatMap((id) => Array.from({ length: 40 }, () => ledger.do(charge(id, '1'))));
    const stopped = ledger.stop();
    await expect(ledger.do(charge('a0', '1'))).rejects.toMatchObject({ reason: 'stopping' });
    await stopped;
    expect(await Promise.all(taken)).toHaveLength(800);
    expect(await books.count('transfers', `kind = 'usage'`)).toBe(800);
  });

  it('closes every connection', async () => {
    const ledger = new TestLedger(database.url);
    await ledger.account('a', '10');
    await ledger.stop();
    const open = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and query like '%commit%'`;
    expect(await books.value(open)).toBe('0');
  });
});
