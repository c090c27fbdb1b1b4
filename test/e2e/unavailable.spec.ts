import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.ts';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { RemovableDatabase } from '../support/removable-database.ts';
import { Stopwatch } from '../support/stopwatch.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let database: RemovableDatabase;
beforeAll(async () => {
  service = await startTestService();
  database = new RemovableDatabase(service.databaseUrl);
});
afterAll(() => service.stop());

/** What must never reach a client: SQL, names of tables and columns, stacks, file names, the driver’s and Postgres’s words. */
const INTERNALS =
  /select |insert into|update |"?(account_id|id_clock|balance_posted)"?|column|relation|postgres|\bpg\b|node_modules|\.ts\b|\.js\b|\bat [A-Z]\w+\.|ECONN|127\.0\.0\.1|purser_/i;

function expectNothingLeaked({ text, headers }: Answer): void {
  expect(text).not.toMatch(INTERNALS);
  expect(JSON.stringify(headers)).not.toMatch(INTERNALS);
}

function expectUnavailable(answer: Answer, codes: readonly string[] = ['ledger_unavailable']): void {
  const { code } = answer.body as { code: string };
  expect({ status: answer.status, code }).toEqual({ status: 503, code: expect.stringMatching(codes.join('|')) });
  expectProblem(answer, 503, code);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expectNothingLeaked(answer);
}

describe('while the database is away', () => {
  let account: string;
  let authorization: string;
  beforeAll(async () => {
    account = await openAccount(service.live, { credits: '10' });
    authorization = (await authorize(service.live, account, '2')).id;
  });

  type Ask = () => Promise<Answer>;
  const writes: Ask[] = [
    () => service.live.post('/v1/charges', { account, amount: '1' }),
    () => service.live.post('/v1/authorizations', { account, amount: '1' }),
    () => service.live.post(`/v1/authorizations/${authorization}/commit`),
    () => service.live.post('/v1/charges/batch', { items: [{ account, amount: '1' }] }),
    () => service.live.post('/v1/accounts', { id: `late-${randomUUID()}` }),
  ];
  const reads: Ask[] = [
    () => service.live.get(`/v1/accounts/${account}`),
    () => service.live.get(`/v1/accounts/${account}/balance`),
    () => service.live.get('/v1/accounts'),
    () => service.live.get(`/v1/accounts/${account}/transfers`),
    () => service.live.get(`/v1/authorizations/${authorization}`),
    () => service.live.get('/v1/authorizations'),
  ];

  it.each([
    ['that writes', writes],
    ['that reads', reads],
  ])('every request %s is answered 503 ledger_unavailable, with Retry-After, within seconds', async (_, asks) => {
    const before = await balanceOf(service.live, account);
    let answers: Answer[];
    await database.takeAway();
    try {
      const startedAt = performance.now();
      answers = await Promise.all(asks.map((ask) => ask()));
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    } finally {
      await database.giveBack();
    }
    // It works again at once, and nothing has happened.
    expect({ ...(await balanceOf(service.live, account)), as_of: null }).toEqual({ ...before, as_of: null });
    for (const answer of answers) expectUnavailable(answer);
    for (const answer of await Promise.all(asks.map((ask) => ask()))) expect([200, 201]).toContain(answer.status);
  });

  it('the service says that it lives and is not ready, and then that it is', async () => {
    await database.takeAway();
    try {
      expect((await service.live.get('/health/live')).status).toBe(200);
      const ready = await service.live.get('/health/ready');
      expect(ready.status).toBe(503);
      expectNothingLeaked(ready);
    } finally {
      await database.giveBack();
    }
    expect((await service.live.get('/health/ready')).status).toBe(200);
  });

  it('a request without a key, or malformed, is told so as ever', async () => {
    await database.takeAway();
    try {
      const anonymous = await service.live.send({
        method: 'GET',
        path: '/v1/accounts',
        headers: { authorization: '' },
      });
      expectProblem(anonymous, 401, 'invalid_api_key');
      expectProblem(await service.live.post('/v1/charges', {}), 400, 'invalid_request');
    } finally {
      await database.giveBack();
    }
  });
});

/** Milliseconds until a process doesn't know the key any more. What it would answer otherwise needs no read. */
async function timeUntilRefused(url: string, key: string): Promise<number> {
  using stopwatch = new Stopwatch();
  const client = new ApiClient(url, key);
  while ((await client.post('/v1/charges', {})).status !== 401) expect(stopwatch.ms).toBeLessThan(5_000);
  await client.close();
  return stopwatch.ms;
}

describe('when more reads wait than can be answered within seconds', () => {
  it('further ones are refused at once, those that wait are answered, and changes, health and revocations go on', async () => {
    const another = await service.startAnother();
    const reader = await makeKey(service.live, { scopes: ['read'] });
    const [mine, theirs] = [await openAccount(service.live, { credits: '10' }), await openAccount(service.test)];
    const listing = await service.pool.connect();
    await listing.query('begin; lock table transfers in access exclusive mode');
    // The other process has as many that wait, but for those that it is asked below.
    const theirOwn = Array.from({ length: 300 }, () => another.live.get(`/v1/accounts/${mine}/transfers`));
    const waiting = [service.live, service.test].flatMap((client) => {
      const path = `/v1/accounts/${client === service.live ? mine : theirs}/transfers`;
      // However a path is written: the router takes its percent-encoding off.
      return Array.from({ length: 240 }, (_, index) => client.get(index % 2 ? path : path.replace('v', '%76')));
    });
    const first = await Promise.race(waiting);
    expectProblem(first, 503, 'ledger_busy');
    expect(first.headers['retry-after']).toBe('1');
    const { status } = await service.live.post('/v1/authorizations', { account: mine, amount: '1' });
    const { status: ready } = await service.live.get('/health/ready');
    const revoked = await service.live.send({ method: 'DELETE', path: `/v1/api-keys/${reader.id}` });
    const refusedWithin = await timeUntilRefused(another.url, reader.key);
    await listing.query('rollback');
    listing.release();
    const statuses = (await Promise.all(waiting)).map((answer) => answer.status);
    expect({ ready, revoked: revoked.status }).toEqual({ ready: 200, revoked: 200 });
    expect(refusedWithin).toBeLessThan(1_000);
    expect({ authorized: status, refused: statuses.filter((one) => one === 503).length }).toEqual({
      authorized: 201,
      refused: 80,
    });
    expect(statuses.filter((one) => one === 200)).toHaveLength(400);
    for (const answer of await Promise.all(theirOwn)) expect(answer.status).toBe(200);
    // The metrics count them; thousands of lines would be one more load.
    expect(service.log.filter((line) => line.includes('ledger_busy'))).toEqual([]);
  });
});

describe('when connections are cut in the middle of the work', () => {
  it('every request has an end, and retries with the same keys bring each about exactly once', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    const keys = Array.from({ length: 300 }, () => randomUUID());
    const charge = (key: string): Promise<Answer> =>
      service.live.post('/v1/charges', { account, amount: '1' }, { key });

    const cuts = (async () => {
      for (let cut = 0; cut < 5; cut++) await database.cutConnections();
    })();
    const answers = await Promise.all(keys.map(charge));
    await cuts;
    for (const answer of answers.filter(({ status }) => status !== 201))
      expectUnavailable(answer, ['ledger_unavailable', 'outcome_unknown']);

    const retried: Answer[] = [];
    for (const key of keys) retried.push(await charge(key));
    expect(new Set(retried.map(({ status }) => status))).toEqual(new Set([201]));
    answers.forEach((answer, index) => {
      if (answer.status === 201) expect(retried[index]?.text).toBe(answer.text);
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '700', held: '0' });
    const listed = await pagesOf(service.live, `/v1/authorizations?account=${account}`, 100);
    expect(listed.flat()).toHaveLength(300);
  });
});

describe('a fault nobody foresaw', () => {
  it('is a 500 that says nothing of the inside, is logged, and passes', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const logged = service.log.length;
    await service.pool.query('alter table accounts rename to accounts_elsewhere');
    let answers: Answer[];
    try {
      answers = await Promise.all([
        service.live.post('/v1/charges', { account, amount: '1' }),
        service.live.post(`/v1/accounts/${account}/grants`, { amount: '1' }),
        service.live.get(`/v1/accounts/${account}`),
        service.live.get('/v1/accounts'),
      ]);
    } finally {
      await service.pool.query('alter table accounts_elsewhere rename to accounts');
    }
    for (const answer of answers) {
      expectProblem(answer, 500, 'internal_error');
      expectNothingLeaked(answer);
    }
    const lines = (): { status?: number }[] =>
      service.log.slice(logged).map((line) => JSON.parse(line) as { status?: number });
    const faults = (): object[] => lines().filter(({ status }) => status === 500);
    await eventually('each is logged', () => Promise.resolve(faults().length === answers.length));
    for (const line of faults())
      expect(line).toMatchObject({
        level: 'error',
        problem: 'internal_error',
        fault: expect.stringContaining('relation "accounts" does not exist'),
      });
    expect((await service.live.post('/v1/charges', { account, amount: '1' })).status).toBe(201);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '9' });
  });
});

describe('while a later version’s migration runs', () => {
  it('the service goes on: a table that gains a column fails no request', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const { id } = await grantCredits(service.live, account, '1');
    const work = (): Promise<Answer[]> =>
      Promise.all([
        service.live.post('/v1/charges', { account, amount: '1' }),
        service.live.post('/v1/authorizations', { account, amount: '1' }),
        service.live.get(`/v1/accounts/${account}`),
        service.live.get(`/v1/grants/${id}`),
        service.live.get('/v1/authorizations?limit=1'),
      ]);
    await work();
    try {
      for (const table of ['accounts', 'grants', 'holds', 'authorizations'])
        await service.pool.query(`alter table ${table} add column added_later text`);
      for (let round = 0; round < 4; round++)
        expect((await work()).map(({ status }) => status)).toEqual([201, 201, 200, 200, 200]);
    } finally {
      for (const table of ['accounts', 'grants', 'holds', 'authorizations'])
        await service.pool.query(`alter table ${table} drop column if exists added_later`);
    }
  });
});
