import { connect, type Pool } from '#database';
import { accountKey, newUuid, type Command, type CommandType } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { AccountReader } from '../read/account-reader.ts';
import { EVERY_AUTHORIZATION } from '../read/authorization-filter.ts';
import { AuthorizationReader } from '../read/authorization-reader.ts';
import { DefaultPartitionReader } from '../read/default-partitions.ts';
import { GrantReader } from '../read/grant-reader.ts';
import { authorize, charge, chargeEach, commit, createAccount, createGrant } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { keyOf, TestLedger } from '../testing/test-ledger.ts';
import { verify } from '../verify/verify.ts';
import type { ChangeRequest } from '../change/change.ts';
import { AHEAD_MS_MAX, TestClocks, type ClockTime } from './test-clocks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ACTOR = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
const FIRST_PAGE = { limit: 20, after: null };
const EVERY_ACCOUNT = { idPrefix: null, name: null, status: null, plan: null, autoTopup: null, metadata: {} };

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

const ref = (id: string) => ({ environment: 'test', id, key: accountKey('test', id) });
const inTest = <T extends CommandType>(command: Command<T>): Command<T> => inEnvironment('test', command);

/** Makes an account known to `ledger`, which decides ahead on it from then on. */
async function known(id: string, credits: string): Promise<void> {
  await ledger.do(inTest(createAccount(id)));
  await ledger.do(inTest(createGrant(id, credits)));
  await ledger.do(inTest(charge(id, '1')));
}

const answer = (clock: ClockTime) => ({ status: 200, body: JSON.stringify(clock) });

/** A request of the environment `test`. */
function request(key: string | null = null, fingerprint = ''): ChangeRequest {
  if (key === null) return { environment: 'test', actor: ACTOR, key: null };
  const digests = { ...keyOf(createAccount('a'), key), fingerprint: keyOf(createAccount('a'), fingerprint).key };
  return { environment: 'test', actor: ACTOR, key: { ...digests, secret: null } };
}

/** @returns the clock's time afterwards, or why it wasn't advanced */
async function advance(
  milliseconds: number,
  key: string | null = null,
): Promise<(ClockTime & { ok: true; replayed: boolean }) | { ok: false; code: string }> {
  const result = await clocks.advance(request(key, String(milliseconds)), milliseconds, answer);
  if (typeof result === 'string') return { ok: false, code: result };
  return { ok: true, ...(JSON.parse(result.answer.body) as ClockTime), replayed: result.replayed };
}

async function reset(): Promise<ClockTime> {
  const result = await clocks.reset(request(), answer);
  if (typeof result === 'string') throw new Error(result);
  return JSON.parse(result.answer.body) as ClockTime;
}

/** Submits while somebody else has all accounts locked, does something else meanwhile, and lets go. */
async function whileLocked<A, M>(
  submit: () => Promise<A>,
  act: () => Promise<M>,
): Promise<{ readonly answer: A; readonly meanwhile: M }> {
  const client = await books.pool.connect();
  await client.query('begin');
  await client.query('select from accounts for update');
  const answer = submit();
  await books.lockWaits();
  const meanwhile = await act();
  await client.query('rollback');
  client.release();
  return { answer: await answer, meanwhile };
}

async function mustAdvance(milliseconds: number): Promise<number> {
  const outcome = await advance(milliseconds);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.now;
}

describe('an advanced clock', () => {
  it('is what the next decision goes by, on an account that the engine has decided ahead on too', async () => {
    await known('a', '10');
    const before = await ledger.do(inTest(authorize('a', '9')));
    expect((await ledger.ask(inTest(charge('a', '1')))).code).toBe('credits_held');
    const now = await mustAdvance(15 * 60 * 1000);
    const { authorization } = await ledger.do(inTest(charge('a', '9')));
    expect(authorization.createdAt).toBeGreaterThanOrEqual(now);
    expect(authorization.createdAt - before.authorization.createdAt).toBeLessThan(16 * 60 * 1000);
    expect(await books.count('authorizations', `status = 'expired' and closed_at = expires_at`)).toBe(1);
  });

  it('is followed ahead again by an engine that it has cost a batch', async () => {
    await known('a', '100');
    await mustAdvance(1000);
    await ledger.do(inTest(charge('a', '1')));
    await ledger.do(inTest(charge('a', '1')));
    const how: string[] = [];
    ledger.engine.observe({ onBatch: (batch) => void how.push(batch.how) });
    await ledger.do(inTest(charge('a', '1')));
    expect(how).toEqual(['ahead']);
  });

  it.each([
    ['looks it up', () => createGrant('a', '1')],
    ['has counted on the time before', () => charge('a', '1')],
  ])('counts for a decision that waits for its account, whether it %s', async (_, command) => {
    await known('a', '10');
    await ledger.do(inTest(charge('a', '1')));
    const { answer, meanwhile } = await whileLocked(
      () => ledger.do<CommandType>(inTest<CommandType>(command())),
      () => mustAdvance(DAY_MS),
    );
    const made = JSON.parse(JSON.stringify(answer)) as Record<string, { createdAt?: number }>;
    const { createdAt } = made['grant'] ?? made['authorization'] ?? {};
    expect(createdAt).toBeGreaterThanOrEqual(meanwhile);
  });

  it('closes what was known to be open: a commit is late within 24 h of the expiry, and too late from then on', async () => {
    await known('a', '10');
    const [one, two] = await Promise.all([
      ledger.do(inTest(authorize('a', '1', 60))),
      ledger.do(inTest(authorize('a', '2', 60))),
    ]);
    await mustAdvance(DAY_MS);
    const late = await ledger.do(inTest(commit(one.authorization.id)));
    expect(late.authorization).toMatchObject({ status: 'committed', late: true, committed: '1' });
    await mustAdvance(60_000);
    expect((await ledger.ask(inTest(commit(two.authorization.id)))).code).toBe('commit_too_late');
  });

  it('ends grants at their instant and begins others, for decisions and for readers', async () => {
    await known('a', '10');
    const end = Date.now() + 10 * DAY_MS;
    const ending = await ledger.do(inTest(createGrant('a', '5', end)));
    const coming = await ledger.do({ ...inTest(createGrant('a', '7')), effectiveAt: end });
    const grants = new GrantReader(pool, ledger.engine);
    const status = async (id: string) => (await grants.find({ environment: 'test', id }))?.status;
    const posted = async () => (await new AccountReader(pool).find(ref('a')))?.balance.posted.toFixed();
    expect([await status(ending.grant.id), await status(coming.grant.id), await posted()]).toEqual([
      'active',
      'scheduled',
      '14',
    ]);
    const now = await mustAdvance(11 * DAY_MS);
    expect([await status(ending.grant.id), await status(coming.grant.id), await posted()]).toEqual([
      'expired',
      'active',
      '16',
    ]);
    const listed = await grants.list(ref('a'), FIRST_PAGE);
    expect(listed?.items.map((one) => one.status)).toEqual(['active', 'expired', 'active']);

    const reader = new AccountReader(pool);
    const at = async (instant: number) => {
      const found = await reader.findAt(ref('a'), instant);
      return found === null || found === 'future' ? found : found.balance.posted.toFixed();
    };
    expect([await at(end - 1), await at(end), await at(now + DAY_MS)]).toEqual(['14', '16', 'future']);
    await ledger.do(inTest(charge('a', '16')));
    expect(
      await books.value(
        `select (extract(epoch from created_at) * 1000)::bigint from transfers where kind = 'breakage'`,
      ),
    ).toBe(String(end));
    expect([await at(end - 1), await at(end)]).toEqual(['14', '16']);
  });

  it('shows authorizations as time has left them, also in lists by status', async () => {
    await known('a', '10');
    const { authorization } = await ledger.do(inTest(authorize('a', '1', 60)));
    const reader = new AuthorizationReader(pool);
    const list = async (status: 'authorized' | 'expired' | null) => {
      const { items } = await reader.list('test', { ...EVERY_AUTHORIZATION, status }, FIRST_PAGE);
      return items.flatMap((one) => (one.authorization.id === authorization.id ? one.authorization.status : []));
    };
    expect([await list('authorized'), await list('expired')]).toEqual([['authorized'], []]);
    await mustAdvance(60_000);
    expect([await list('authorized'), await list('expired'), await list(null)]).toEqual([[], ['expired'], ['expired']]);
    expect((await reader.find({ environment: 'test', id: authorization.id }))?.authorization.status).toBe('expired');
  });

  it('leaves ids in real time: five years ahead, nothing falls into a default partition', async () => {
    await known('a', '10');
    await mustAdvance(5 * 365 * DAY_MS);
    await ledger.do(inTest(createGrant('a', '5')));
    const { authorization } = await ledger.do(inTest(authorize('a', '1')));
    await ledger.do(inTest(commit(authorization.id)), 'k');
    expect(await new DefaultPartitionReader(pool).read()).not.toContainEqual(expect.objectContaining({ filled: true }));
    expect(authorization.createdAt - Date.now()).toBeGreaterThan(1824 * DAY_MS);
    expect((await ledger.ask(inTest(commit(authorization.id)), 'k')).replayed).toBe(true);
  });

  it('is what `purser verify` judges each account by', async () => {
    const overdue = async (): Promise<Record<string, number>> => {
      const { checks } = await verify(books.pool);
      const notices = checks.filter(({ severity, differences }) => severity === 'notice' && differences > 0);
      return Object.fromEntries(notices.map(({ subject, differences }) => [subject, differences]));
    };
    await known('a', '10');
    await ledger.account('a', '10');
    for (const command of [createGrant('a', '5', Date.now() + DAY_MS), authorize('a', '1', 60)]) {
      await ledger.do(command);
      await ledger.do(inTest(command));
    }
    expect(await overdue()).toEqual({});
    // Due and not booked, in test alone: live's grant and hold are in time.
    await mustAdvance(DAY_MS);
    expect(await overdue()).toEqual({ grants: 1, 'open holds': 1 });
    await ledger.do(inTest(charge('a', '1')));
    expect(await overdue()).toEqual({});
  });

  it('moves nothing in live', async () => {
    await ledger.account('a', '10');
    await ledger.do(charge('a', '1'));
    await known('a', '10');
    await mustAdvance(DAY_MS);
    // One batch may have accounts of both.
    const [real, ahead] = await Promise.all([
      ledger.do(createGrant('a', '1')),
      ledger.do(inTest(createGrant('a', '1'))),
    ]);
    expect(Math.abs(real.grant.createdAt - Date.now())).toBeLessThan(10_000);
    expect(ahead.grant.createdAt - real.grant.createdAt).toBeGreaterThan(DAY_MS - 10_000);
  });

  it('does not take a test account asked for by a key of live for one of real time', async () => {
    await known('a', '10');
    const { authorization } = await ledger.do(inTest(authorize('a', '9', 60)));
    await mustAdvance(30_000);
    expect((await ledger.ask(commit(authorization.id))).code).toBe('authorization_not_found');
    await mustAdvance(30_000);
    expect((await ledger.ask(commit(authorization.id))).code).toBe('authorization_not_found');
    expect((await ledger.ask(inTest(charge('a', '9')))).code).toBe('ok');
  });
});

describe('two engines and a clock that is advanced all the time', () => {
  it('never take an account back in time, nor miss an advance that was answered', async () => {
    await known('a', '100000');
    let told = 0;
    let isOver = false;
    const work = async (engine: TestLedger): Promise<void> => {
      while (!isOver) {
        const atLeast = told;
        const { authorization } = await engine.do(inTest(charge('a', '1')));
        expect(authorization.createdAt).toBeGreaterThanOrEqual(atLeast);
      }
    };
    const workers = Array.from({ length: 16 }, (_, index) => work(index % 2 === 0 ? ledger : other));
    for (let round = 0; round < 40; round += 1) told = await mustAdvance(60_000);
    isOver = true;
    await Promise.all(workers);
    // Ids rise in the order of decisions.
    expect(
      await books.value(`select count(*) from (
        select created_at < lag(created_at) over (order by id) as is_earlier from authorizations where environment = 'test'
      ) decided where is_earlier`),
    ).toBe('0');
    expect(await books.count('authorizations')).toBeGreaterThan(40);
  });
});

describe('a clock that is reset', () => {
  it('is another one for new accounts; those that were there keep theirs, which ticks and is never advanced again', async () => {
    await known('old', '10');
    const then = await mustAdvance(DAY_MS);
    const { now, aheadMs } = await reset();
    expect([aheadMs, Math.abs(now - Date.now()) < 10_000]).toEqual([0, true]);
    await other.do(inTest(createAccount('new')));
    await other.do(inTest(createGrant('new', '10')));
    const decide = async (): Promise<number[]> => {
      const { items } = await ledger.do(inTest(chargeEach(['old', 'new'], '1')));
      return items.map((item) => ('value' in item ? item.value.authorization.createdAt : Number.NaN));
    };
    const [old = 0, fresh = 0] = await decide();
    expect(old).toBeGreaterThanOrEqual(then);
    expect(Math.abs(fresh - Date.now())).toBeLessThan(10_000);
    await mustAdvance(2 * DAY_MS);
    const [later = 0, moved = 0] = await decide();
    expect(later - old).toBeLessThan(10_000);
    expect(moved - fresh).toBeGreaterThanOrEqual(2 * DAY_MS);
    const accounts = await new AccountReader(pool).list('test', EVERY_ACCOUNT, FIRST_PAGE);
    const daysAhead = accounts.items.map(({ account, asOf }) => [account.id, Math.round((asOf - Date.now()) / DAY_MS)]);
    expect(Object.fromEntries(daysAhead)).toEqual({ old: 1, new: 2 });
  });

  it('stays what it is where it was never advanced', async () => {
    await known('a', '10');
    await reset();
    await reset();
    const now = await mustAdvance(DAY_MS);
    expect((await ledger.do(inTest(charge('a', '1')))).authorization.createdAt).toBeGreaterThanOrEqual(now);
  });
});

describe('an advance', () => {
  it('happens once per key, also when it comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => advance(5000, 'k')));
    expect(answers.filter((one) => one.ok && !one.replayed)).toHaveLength(1);
    expect(new Set(answers.map((one) => JSON.stringify({ ...one, replayed: null }))).size).toBe(1);
    expect((await clocks.read('test')).aheadMs).toBe(5000);
    expect(await advance(6000, 'k')).toMatchObject({ ok: false, code: 'idempotency_key_reused' });
    expect((await clocks.read('test')).aheadMs).toBe(5000);
  });

  it('is refused beyond ten years in sum, and then changes nothing', async () => {
    expect(await advance(AHEAD_MS_MAX)).toMatchObject({ ok: true, aheadMs: AHEAD_MS_MAX });
    expect(await advance(1, 'k')).toMatchObject({ ok: false, code: 'test_clock_too_far' });
    expect((await clocks.read('test')).aheadMs).toBe(AHEAD_MS_MAX);
  });

  it('of live is refused by the database itself', async () => {
    const live = clocks.advance({ ...request(), environment: 'live' }, 1, answer);
    await expect(live).rejects.toMatchObject({ constraint: 'test_clocks_are_never_live' });
  });
});
