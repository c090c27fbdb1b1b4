import { verify } from '#ledger-store';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { ahead } from '../support/clock.ts';
import {
  expectAuthorization,
  expectFaults,
  expectGrant,
  expectProblem,
  expectTransfers,
} from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const TEN_YEARS = 3650 * DAY;

let service: TestService;
let second: TestInstance;
let test: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
  ({ test } = service);
});
afterAll(() => service.stop());

interface ClockView {
  readonly environment: string;
  readonly now: string;
  readonly offset_seconds: number;
}

function expectClock(answer: Answer): ClockView {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 200,
    body: {
      environment: 'test',
      now: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      offset_seconds: expect.any(Number),
    },
  });
  return answer.body as ClockView;
}

async function advance(seconds: number): Promise<ClockView> {
  return expectClock(await test.post('/v1/test-clock/advance', { seconds }));
}

const clock = async (): Promise<ClockView> => expectClock(await test.get('/v1/test-clock'));
const reset = async (): Promise<ClockView> =>
  expectClock(await test.send({ method: 'DELETE', path: '/v1/test-clock' }));
const commit = (id: string) => test.post(`/v1/authorizations/${id}/commit`);
const find = async (id: string) => expectAuthorization(await test.get(`/v1/authorizations/${id}`), 200);
const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

describe('the test clock', () => {
  it('tells the environment’s time, and moves by exactly what is asked for', async () => {
    const before = await clock();
    const after = await advance(90);
    expect(after.offset_seconds).toBe(before.offset_seconds + 90);
    expect(secondsBetween(before.now, after.now)).toBeGreaterThanOrEqual(90);
    expect(secondsBetween(new Date().toISOString(), after.now)).toBeGreaterThan(after.offset_seconds - 10);
    expect((await clock()).offset_seconds).toBe(after.offset_seconds);
  });

  it('lets a hold run out: released, shown as expired, committed late for 24 hours and then no more', async () => {
    const account = await openAccount(test, { credits: '10' });
    const [late, tooLate] = [await authorize(test, account, '6'), await authorize(test, account, '4')];
    expectProblem(await test.post('/v1/charges', { account, amount: '1' }), 402, 'credits_held');
    await advance(15 * 60);
    expect(await balanceOf(test, account)).toMatchObject({ posted: '10', held: '0', available: '10' });
    expect((await find(late.id)).status).toBe('expired');
    await advance(DAY - HOUR);
    expect(expectAuthorization(await commit(late.id), 200)).toMatchObject({ late: true, committed: '6' });
    await advance(HOUR);
    expectProblem(await commit(tooLate.id), 410, 'commit_too_late');
  });

  it('ends a month in a second: the old allowance becomes breakage at its instant, the next one takes effect', async () => {
    const account = await openAccount(test);
    const { now } = await clock();
    const endOfMonth = new Date(Date.parse(now) + 30 * DAY * 1000).toISOString();
    const old = await grantCredits(test, account, '100', { category: 'included', expires_at: endOfMonth });
    const next = await grantCredits(test, account, '50', { category: 'included', effective_at: endOfMonth });
    await charge(test, account, '30');
    const held = await authorize(test, account, '20', { expires_in: DAY });
    expect(await balanceOf(test, account)).toMatchObject({ posted: '70', available: '50' });
    await advance(30 * DAY);
    expect(await balanceOf(test, account)).toMatchObject({ posted: '50', available: '50' });
    expect(expectGrant(await test.get(`/v1/grants/${old.id}`), 200).status).toBe('expired');
    expect(expectGrant(await test.get(`/v1/grants/${next.id}`), 200).status).toBe('active');

    await charge(test, account, '1');
    const transfers = expectTransfers(await test.get(`/v1/accounts/${account}/transfers`));
    const breakage = transfers.filter(({ kind }) => kind === 'breakage');
    // The hold was let go of in time, so that the grant lost all of it at its end.
    expect(breakage.map(({ amount, created_at }) => [amount, created_at])).toEqual([['70', endOfMonth]]);
    expect(held.expires_at).not.toBeNull();
  });

  it('is what every time in an answer is told by, and what past balances are asked by', async () => {
    await advance(HOUR);
    const account = await openAccount(test, { credits: '10' });
    const { now: between } = await clock();
    await advance(HOUR);
    const charged = await charge(test, account, '4');
    const { now } = await clock();
    for (const time of [charged.created_at, charged.committed_at, (await balanceOf(test, account)).as_of])
      expect(Math.abs(secondsBetween(String(time), now))).toBeLessThan(10);
    const at = async (instant: string) => (await test.get(`/v1/accounts/${account}/balance?at=${instant}`)).body;
    expect(await at(between)).toMatchObject({ posted: '10', as_of: between });
    expect(await at(now)).toMatchObject({ posted: '6' });
    const tomorrow = new Date(Date.parse(now) + DAY * 1000).toISOString();
    expectFaults(await test.get(`/v1/accounts/${account}/balance?at=${tomorrow}`), ['at']);
  });

  it('is the same for every service on the database, at once', async () => {
    const account = await openAccount(test, { credits: '10' });
    await charge(test, account, '1');
    await charge(second.test, account, '1');
    const { now } = await advance(DAY);
    for (const client of [second.test, test]) {
      const { created_at } = await charge(client, account, '1');
      expect(secondsBetween(now, created_at)).toBeGreaterThanOrEqual(0);
      expect(secondsBetween(now, expectClock(await client.get('/v1/test-clock')).now)).toBeGreaterThanOrEqual(0);
    }
  });

  it('can be reset for new accounts; an old one keeps its time', async () => {
    const old = await openAccount(test, { credits: '10' });
    const then = await advance(DAY);
    expect((await reset()).offset_seconds).toBe(0);
    const fresh = await openAccount(test, { credits: '10' });
    expect(secondsBetween(then.now, (await charge(test, old, '1')).created_at)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(secondsBetween(ahead(0), (await charge(test, fresh, '1')).created_at))).toBeLessThan(10);
    const grant = await grantCredits(test, fresh, '1', { expires_at: ahead(HOUR * 1000) });
    expect(grant.status).toBe('active');
    await advance(HOUR);
    expect(await balanceOf(test, fresh)).toMatchObject({ posted: '9' });
    expect(Math.abs(secondsBetween(then.now, (await balanceOf(test, old)).as_of))).toBeLessThan(60);
  });

  it('doesn’t exist in live, whose time is real', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await advance(DAY);
    for (const answer of [
      await service.live.get('/v1/test-clock'),
      await service.live.post('/v1/test-clock/advance', { seconds: 1 }),
      await service.live.send({ method: 'DELETE', path: '/v1/test-clock' }),
    ])
      expectProblem(answer, 403, 'live_clock_fixed');
    const { created_at } = await charge(service.live, account, '1');
    expect(Math.abs(secondsBetween(ahead(0), created_at))).toBeLessThan(10);
  });

  it('is told to a key that may read, and moved only by one that may do everything', async () => {
    const key = `pur_test_reader_${randomUUID()}`;
    await service.pool.query(
      `insert into api_keys (environment, name, hash, scopes) values ('test', 'reader', sha256($1::bytea), '{read}')`,
      [Buffer.from(key)],
    );
    const reader = new ApiClient(service.url, key);
    // A new key is known within half a second.
    while ((await reader.get('/v1/test-clock')).status === 401) await sleep(20);
    const before = await clock();
    expectProblem(await reader.post('/v1/test-clock/advance', { seconds: 1 }), 403, 'scope_missing');
    expectProblem(await reader.send({ method: 'DELETE', path: '/v1/test-clock' }), 403, 'scope_missing');
    expect(expectClock(await reader.get('/v1/test-clock')).offset_seconds).toBe(before.offset_seconds);
    await reader.close();
  });

  it.each([
    [{}, 'seconds'],
    [{ seconds: 0 }, 'seconds'],
    [{ seconds: -1 }, 'seconds'],
    [{ seconds: 1.5 }, 'seconds'],
    [{ seconds: '60' }, 'seconds'],
    [{ seconds: null }, 'seconds'],
    [{ seconds: TEN_YEARS + 1 }, 'seconds'],
    [{ seconds: 60, minutes: 1 }, 'minutes'],
  ])('is not moved by %j', async (body, field) => {
    const before = await clock();
    expectFaults(await test.post('/v1/test-clock/advance', body), [field]);
    expect((await clock()).offset_seconds).toBe(before.offset_seconds);
  });

  it('is moved once by a request that is sent again with its Idempotency-Key', async () => {
    const before = await clock();
    const send = (seconds: number, key: string) => test.post('/v1/test-clock/advance', { seconds }, { key });
    const key = randomUUID();
    const [first, again] = [await send(60, key), await send(60, key)];
    expect(again.text).toBe(first.text);
    expect([first, again].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    expectProblem(await send(61, key), 422, 'idempotency_key_reused');
    expectFaults(await send(60, 'ä'), ['Idempotency-Key']);
    expect((await clock()).offset_seconds).toBe(before.offset_seconds + 60);
  });

  it('goes no further than ten years, where the ledger still works and its books are in order', async () => {
    await reset();
    const account = await openAccount(test, { credits: '10' });
    const held = await authorize(test, account, '4');
    await advance(TEN_YEARS);
    const refused = await test.post('/v1/test-clock/advance', { seconds: 1 });
    expect(expectProblem(refused, 409, 'test_clock_too_far')).toMatchObject({ limit_seconds: TEN_YEARS });
    expectProblem(await commit(held.id), 410, 'commit_too_late');
    const settled = await authorize(test, account, '10');
    expectAuthorization(await commit(settled.id), 200);
    expect(await balanceOf(test, account)).toMatchObject({ posted: '0', held: '0' });

    const { checks } = await verify(service.pool);
    const found = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
    expect(found).toEqual([]);
    // Ids are of real time: no row has left the partitions.
    expect(checks.find(({ subject }) => subject === 'default partitions')?.differences).toBe(0);
  });
});
