import { connect, type Pool } from '#database';
import { accountKey, newOwnedUuid } from '#ledger';
import { LedgerUnavailable } from '#ledger-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { AttemptRef } from './attempt-ref.ts';
import type { ClaimedAttempt } from './claim-attempt.ts';
import { runAttempt, type AttemptOptions, type AttemptOutcome } from './run-attempt.ts';

let database: TestDatabase;
let pool: Pool;
let ref: AttemptRef;
let log: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 8, settings: { role: 'purser_app' }, log: () => undefined });
});
beforeEach(() => {
  const id = newOwnedUuid(Date.now(), accountKey('live', 'acme'));
  ref = { id, purchase: id };
  log = [];
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const ENDED: AttemptOutcome = { status: 'ended' };
const UNKNOWN: AttemptOutcome = { status: 'unknown', failure: 'Connection reset.' };

function run(ask: (attempt: ClaimedAttempt) => Promise<AttemptOutcome>, more: Partial<AttemptOptions> = {}) {
  return runAttempt(pool, ref, ask, { title: 'The payment', log: (line) => void log.push(line), ...more });
}

async function row(): Promise<Record<string, unknown> | undefined> {
  const { rows } = await pool.query<Record<string, unknown>>(
    'select tries, lease is not null as leased, failure from payment_attempts where id = $1',
    [ref.id],
  );
  return rows[0];
}

describe('an attempt', () => {
  it('is made once where many ask at the same time, and leaves nothing when it has ended', async () => {
    let asked = 0;
    const ask = async (): Promise<AttemptOutcome> => {
      asked += 1;
      while (settled < 15) await new Promise(setImmediate);
      return ENDED;
    };
    let settled = 0;
    const all = Array.from({ length: 16 }, () => run(ask).finally(() => (settled += 1)));
    const backAt = await Promise.all(all);
    expect(asked).toBe(1);
    expect(backAt.filter((at) => at === null)).toHaveLength(1);
    expect(await row()).toBeUndefined();
  });

  it('is left to its maker for as long as the provider takes, because its lease is renewed', async () => {
    const leaseMs = 400;
    let others = 0;
    await run(
      async () => {
        const until = performance.now() + 4 * leaseMs;
        while (performance.now() < until) {
          const at = await run(() => Promise.resolve((others += 1)).then(() => ENDED), { leaseMs });
          expect(at).toBeGreaterThan(Date.now() - leaseMs);
        }
        return ENDED;
      },
      { leaseMs },
    );
    expect(others).toBe(0);
  });

  it('is made by another when its maker has died, as soon as the lease has expired', async () => {
    const killed = run(() => Promise.reject(new LedgerUnavailable('stopping')), { leaseMs: 300 });
    await expect(killed).rejects.toThrow(LedgerUnavailable);
    let asked = 0;
    let backAt: number | null = 0;
    while (asked === 0) backAt = await run(() => Promise.resolve((asked += 1)).then(() => ENDED));
    expect(backAt).toBeNull();
  });

  it('with an unknown outcome is made again after longer and longer waits, and never given up', async () => {
    const delaysMs = [10, 20, 40];
    for (let tries = 0; tries < 8; tries++) {
      const startedAt = Date.now();
      let backAt: number | null = null;
      while (backAt === null || (await row())?.['tries'] === tries)
        backAt = await run(() => Promise.resolve(UNKNOWN), { delaysMs });
      expect(await row()).toEqual({ tries: tries + 1, leased: false, failure: 'Connection reset.' });
      expect(backAt).toBeGreaterThanOrEqual(startedAt);
    }
    expect(log).toEqual([
      expect.stringMatching(/^The payment has had no known outcome for \d+ s, in 3 attempts\. .*: Connection reset\.$/),
      expect.stringMatching(/in 4 attempts/),
    ]);
  });

  it('that meets a fault of our own waits as long, instead of meeting it again at once', async () => {
    const fault = () => run(() => Promise.reject(new TypeError('no such thing')), { delaysMs: [60_000] });
    expect(await fault()).toBeGreaterThan(Date.now() + 30_000);
    const failure = "a fault of Purser's own: TypeError: no such thing";
    expect(await row()).toEqual({ tries: 1, leased: false, failure });
  });

  it('that the provider has taken on is looked at again minutes later', async () => {
    const backAt = await run(() => Promise.resolve({ status: 'processing' }));
    expect(backAt).toBeGreaterThan(Date.now() + 60_000);
    expect(log).toEqual([]);
  });
});
