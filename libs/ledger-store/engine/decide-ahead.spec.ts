import { accountKey, HoldExpiries, type Command } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Pool } from '#database';
import { AccountCache } from '../load/account-cache.ts';
import { authorize, charge, chargeAll, createAccount, createGrant } from '../testing/commands.ts';
import { render } from '../testing/test-ledger.ts';
import { decideAhead } from './decide-ahead.ts';
import { NeedsLocks } from './decide-batch.ts';
import { ledgerPool } from './ledger-pool.ts';
import { runLocked } from './run-locked.ts';
import { queued, type Queued } from './submission.ts';

const KEY = accountKey('live', 'a');

let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = ledgerPool(database.url, 1, () => undefined);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const ask = (command: Command): Queued[] => [queued({ command, key: null, render })];

/** An account whose credits are all held, by holds that the cache doesn't know all of. */
async function cached(): Promise<{ cache: AccountCache; now: number }> {
  const cache = new AccountCache();
  await runLocked(pool, ask(createAccount('a')), { cache });
  await runLocked(pool, ask(createGrant('a', '10')), { cache });
  const { now } = await runLocked(pool, ask(authorize('a', '10')), { cache });
  Object.assign(cache.state.accounts.get(KEY) ?? {}, { holdExpiries: HoldExpiries.of([], now + 900_000) });
  return { cache, now: now + 1 };
}

describe('a decline that could only guess when to retry', () => {
  it('is left open, and what is cached of its account stays as it is', async () => {
    const { cache, now } = await cached();
    const before = cache.versionsOf([KEY]);
    expect(decideAhead(cache, ask(charge('a', '1')), now, 1).answers).toEqual([null]);
    expect(cache.versionsOf([KEY])).toEqual(before);
  });

  it('of a batch has tried its items, so nothing stays cached of its accounts', async () => {
    const { cache, now } = await cached();
    expect(() => decideAhead(cache, ask(chargeAll(['a', 'a'], '1')), now, 1)).toThrow(NeedsLocks);
    expect(cache.has(KEY)).toBe(false);
  });
});
