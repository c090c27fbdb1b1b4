import { connect, type Pool } from '#database';
import {
  accountKey,
  DEFAULT_TERMS,
  environmentRulesFrom,
  ownRulesFrom,
  type AccountRef,
  type OwnRulesJson,
  type Tags,
} from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { NO_STORE_RULES } from '../prices/price-source.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { charge, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger, type Said } from '../testing/test-ledger.ts';
import { watchUsage } from './watch-usage.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

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
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await pool.end();
  await books.close();
  await database.drop();
});

function refOf(id: string, environment = 'test'): AccountRef {
  return { environment, id, key: accountKey(environment, id) };
}

async function accountWith(id: string, rules: OwnRulesJson, environment = 'test'): Promise<void> {
  const account = refOf(id, environment);
  await ledger.do<'create_account'>({ type: 'create_account', account, unit: 'credits', terms: DEFAULT_TERMS });
  await ledger.do({ ...createGrant(id, '100000'), account });
  if (Object.keys(rules).length > 0)
    await ledger.do<'set_rules'>({ type: 'set_rules', account, rules: ownRulesFrom(rules) });
}

function spend(id: string, amount: string, tags: Tags = {}, environment = 'test'): Promise<Said> {
  return ledger.ask<'charge'>({ ...charge(id, amount), account: refOf(id, environment), tags });
}

async function eventsOf(...types: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await books.pool.query<{ data: Record<string, unknown> }>(
    'select data from events where type = any($1) order by sequence',
    [types],
  );
  return rows.map(({ data }) => data);
}

/** A ledger that stops with its spec. */
class Following extends TestLedger implements AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** To the next full hour of the test clock, so that no hour ends within the spec. */
async function toFullHour(): Promise<void> {
  const { rows } = await books.pool.query<{ ahead: string }>(
    `select coalesce(max(ahead_ms), 0) as ahead from test_clocks where environment = 'test'`,
  );
  const now = Date.now() + Number(rows[0]?.ahead ?? 0);
  await advanceClock(clocks, 'test', HOUR_MS - (now % HOUR_MS) + 1000);
}

describe('the look for spikes', () => {
  it('finds an hour that spends eight times what is usual, once, whoever looks', async () => {
    await accountWith('acme', { spike: [{ factor: '8', floor: '100', action: 'suspend', for: 3600, tag: 'user' }] });
    await toFullHour();
    for (let day = 0; day < 7; day += 1) {
      await spend('acme', '20', { user: 'u1' });
      await spend('acme', String(20 + day), { user: 'u2' });
      await advanceClock(clocks, 'test', DAY_MS);
    }
    await spend('acme', '159', { user: 'u1' });
    await spend('acme', '183', { user: 'u2' });
    expect(await watchUsage(ledger.engine, pool)).toBe(0);
    await spend('acme', '1', { user: 'u1' });
    await Promise.all([watchUsage(ledger.engine, pool), watchUsage(other.engine, pool)]);
    await watchUsage(ledger.engine, pool);
    expect(await eventsOf('usage.spike_detected')).toMatchObject([
      { rule: 'spike', tag: 'user', value: 'u1', found: '160', usual: '20', threshold: '160', action: 'suspend' },
    ]);
    expect((await spend('acme', '1', { user: 'u1' })).code).toBe('usage_suspended');
    expect((await spend('acme', '1', { user: 'u2' })).code).toBe('ok');
    await advanceClock(clocks, 'test', HOUR_MS);
    expect((await spend('acme', '1', { user: 'u1' })).code).toBe('ok');
    await watchUsage(ledger.engine, pool);
    expect(await eventsOf('usage.resumed')).toMatchObject([{ value: 'u1', reason: 'ended' }]);
  }, 60_000);

  it('slows an account without history down to the floor', async () => {
    await accountWith('new', { spike: [{ factor: '8', floor: '100', action: 'throttle' }] });
    await toFullHour();
    await spend('new', '99');
    expect(await watchUsage(ledger.engine, pool)).toBe(0);
    await spend('new', '1');
    expect(await watchUsage(ledger.engine, pool)).toBe(1);
    expect(await eventsOf('usage.throttled')).toMatchObject([{ tag: null, amount: '100', per: 'hour', until: null }]);
    expect((await spend('new', '100')).code).toBe('ok');
    expect((await spend('new', '1')).code).toBe('spend_rate_exceeded');
  });
});

describe('the look for loops', () => {
  it('finds the same request of a session many times in a minute, by the rules of its environment', async () => {
    const rules = { loop: [{ times: 5, action: 'suspend', tag: 'session' }] } as const;
    await books.pool.query(`update environments set rules = $1 where name = 'test'`, [JSON.stringify(rules)]);
    const defaultRules = new Map([['test', environmentRulesFrom(rules)]]);
    await using follower = new Following(database.url, { rules: { ...NO_STORE_RULES, defaultRules } });
    await accountWith('acme', {});
    await toFullHour();
    for (let n = 0; n < 5; n += 1) {
      await spend('acme', '1', { session: 's1' });
      await spend('acme', `1.0${String(n + 1)}`, { session: 's2' });
    }
    await watchUsage(follower.engine, pool);
    await watchUsage(follower.engine, pool);
    expect(await eventsOf('usage.spike_detected')).toMatchObject([
      { rule: 'loop', tag: 'session', value: 's1', found: '5', threshold: '5', usual: null },
    ]);
    expect((await spend('acme', '7', { session: 's1' })).code).toBe('usage_suspended');
    expect((await spend('acme', '7', { session: 's2' })).code).toBe('ok');
  });

  it('looks only at accounts that have such rules', async () => {
    await accountWith('acme', { max_amount: '5' });
    for (let n = 0; n < 5; n += 1) await spend('acme', '1');
    expect(await watchUsage(ledger.engine, pool)).toBe(0);
  });
});
