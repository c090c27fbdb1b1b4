import type { Pool } from '#database';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { AccountCache } from '../load/account-cache.ts';
import { charge } from '../testing/commands.ts';
import { render, TestLedger } from '../testing/test-ledger.ts';
import { TestBooks } from '../testing/test-books.ts';
import { DatabaseClock } from './database-clock.ts';
import { ledgerPool } from './ledger-pool.ts';
import { LockedAccounts } from './locked-accounts.ts';
import { LockedBatches } from './locked-batches.ts';
import { Refilling } from './refilling.ts';
import { queued } from './submission.ts';
import { arrived } from './waiting.ts';
import { WriteHealth } from './write-health.ts';

let database: TestDatabase;
let books: TestBooks;
let pool: Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  pool = ledgerPool(database.url, 1, () => undefined);
  const ledger = new TestLedger(database.url);
  await ledger.account('stuck', '1000');
  await ledger.stop();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await pool.end();
  await books.close();
  await database.drop();
});

function lockedBatches(): LockedBatches {
  return new LockedBatches({
    pool,
    cache: new AccountCache(),
    clock: new DatabaseClock(() => 0),
    locked: new LockedAccounts(pool),
    takeAll: () => [],
    refilling: new Refilling({ leases: undefined, submit: () => Promise.reject(new Error('nothing is leased')) }),
    observer: { onBatch: () => undefined },
    writeHealth: new WriteHealth(),
  });
}

describe('commands that wait for an account which is kept locked', () => {
  it('are all refused, also where the time is up for some of them and not yet for others', async () => {
    const lock = await books.lock('stuck');
    const batches = lockedBatches();
    const refused: unknown[] = [];
    const refuse = (error: unknown): void => void refused.push(error);
    for (let count = 0; count < 20; count += 1) {
      const command = queued({ command: charge('stuck', '1'), key: null, render });
      batches.park(arrived(command, () => undefined, refuse));
    }
    const time = { now: 0, passes: 0 };
    jest.spyOn(performance, 'now').mockImplementation(() => (time.now += time.passes));
    for (time.now of [0, 900, 1800]) await batches.look();
    expect(refused).toEqual([]);
    // A millisecond passes whenever somebody reads the clock: two seconds are over in the middle of the next look.
    Object.assign(time, { now: 1990, passes: 1 });
    while (batches.hasParked) await batches.look();
    expect(refused).toHaveLength(20);
    expect(refused).toMatchObject(refused.map(() => ({ reason: 'database_unavailable' })));
    await lock.release();
  });
});
