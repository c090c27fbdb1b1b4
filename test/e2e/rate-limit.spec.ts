import { afterEach, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { Stopwatch } from '../support/stopwatch.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../support/test-redis.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

if (!hasRedis) process.stderr.write('Rate limits on Redis are not tested: there is no redis-server here.\n');

const PER_MINUTE = 20;

let service: TestService;
afterEach(() => service.stop());

async function ask(client: ApiClient, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time++) answers.push(await client.get('/v1/accounts'));
  return answers;
}

const anonymous = (client: ApiClient, authorization = ''): Promise<Answer> =>
  client.send({ method: 'GET', path: '/v1/accounts', headers: { authorization } });

function expectLimited(answer: Answer): void {
  const { retry_after: seconds } = expectProblem(answer, 429, 'rate_limited') as unknown as { retry_after: number };
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(answer.headers['retry-after']).toBe(String(seconds));
  expect(answer.headers['ratelimit']).toBe(`"key";r=0;t=${String(seconds)}`);
}

describe('requests of one API key', () => {
  it('are limited only where the operator says so', async () => {
    service = await startTestService();
    for (const answer of await ask(service.live, 50)) {
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
    }
  });

  it('pass up to the limit, and each answer tells what is left; beyond it they are refused until the minute is over', async () => {
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE) });
    const answers = await ask(service.live, PER_MINUTE);
    answers.forEach((answer, index) => {
      expect(answer.status).toBe(200);
      expect(answer.headers['ratelimit-policy']).toBe(`"key";q=${PER_MINUTE};w=60`);
      expect(answer.headers['ratelimit']).toMatch(new RegExp(`^"key";r=${PER_MINUTE - 1 - index};t=(60|5\\d)$`));
    });
    for (const answer of await ask(service.live, 3)) expectLimited(answer);
    expectLimited(await service.live.post('/v1/accounts', { id: 'never-made' }));
    expect((await service.test.get('/v1/accounts/never-made')).status).toBe(404);
  });

  it('are counted however their path is written', async () => {
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE) });
    await ask(service.live, PER_MINUTE);
    for (const path of ['/%761/accounts', '/v%31/accounts', '/v1/%61ccounts', '/v1/nowhere'])
      expectLimited(await service.live.get(path));
  });

  it('leave other keys, the service’s health and whoever reads its metrics alone', async () => {
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE) });
    await ask(service.live, PER_MINUTE + 1);
    expect((await service.test.get('/v1/accounts')).status).toBe(200);
    for (let time = 0; time <= PER_MINUTE; time++)
      expect((await service.live.get('/health/live')).headers).not.toHaveProperty('ratelimit');
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);
  });

  it('that is unknown, or not there, are counted by address: nobody gets around the limit by inventing keys', async () => {
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE) });
    for (let time = 0; time < PER_MINUTE; time++) {
      const invented = `Bearer pur_live_invented-${String(time)}-and-long-enough`;
      expectProblem(await anonymous(service.live, time % 2 ? invented : ''), 401, 'invalid_api_key');
    }
    expectLimited(await anonymous(service.live));
    expectLimited(await anonymous(service.live, 'Bearer pur_live_another-one-that-is-invented'));
    expect((await service.live.get('/v1/accounts')).status).toBe(200);
  });

  it('are counted however their path is written', async () => {
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE) });
    await ask(service.live, PER_MINUTE);
    for (const path of ['/%761/accounts', '/v%31/accounts', 'http://purser.example.com/v1/accounts', '/v1/nothing'])
      expectLimited(await service.live.send({ method: 'GET', path }));
  });

  it('that come from where it may not be used leave its owner’s alone', async () => {
    service = await startTestService({
      PURSER_RATE_LIMIT: String(PER_MINUTE),
      PURSER_TRUSTED_PROXIES: '127.0.0.1',
    });
    const { key } = await makeKey(service.live, { scopes: ['read'], allowed_addresses: ['127.0.0.1'] });
    const client = new ApiClient(service.url, key);
    const stolen = (): Promise<Answer> =>
      client.send({ method: 'GET', path: '/v1/accounts', headers: { 'x-forwarded-for': '203.0.113.7' } });
    for (let time = 0; time < PER_MINUTE; time++) expectProblem(await stolen(), 403, 'address_not_allowed');
    expectLimited(await stolen());
    expect((await client.get('/v1/accounts')).status).toBe(200);
    await client.close();
  });

  it('pass uncounted while Redis is away, which is told once', async () => {
    service = await startTestService({
      PURSER_RATE_LIMIT: '1',
      REDIS_URL: 'redis://:hunter2-the-password@127.0.0.1:1',
    });
    for (const answer of await ask(service.live, 5)) expect(answer.status).toBe(200);
    const told = service.log.filter((line) => line.includes('Redis is away'));
    expect(told).toHaveLength(1);
    expect(told.join()).not.toContain('hunter2');
  });
});

(hasRedis ? describe : () => undefined)('requests of one API key, counted in Redis', () => {
  let redis: TestRedis;
  afterEach(() => redis.stop());

  it('share their limit over all processes', async () => {
    redis = await startTestRedis();
    service = await startTestService({ PURSER_RATE_LIMIT: String(PER_MINUTE), REDIS_URL: redis.url });
    const other = await service.startAnother();
    for (const answer of await ask(service.live, PER_MINUTE / 2)) expect(answer.status).toBe(200);
    for (const answer of await ask(other.live, PER_MINUTE / 2)) expect(answer.status).toBe(200);
    for (const client of [service.live, other.live]) expectLimited((await ask(client, 1))[0] as Answer);
    expect((await other.test.get('/v1/accounts')).status).toBe(200);
  });

  it('pass while it hangs, all but a few without waiting for it', async () => {
    redis = await startTestRedis();
    service = await startTestService({ PURSER_RATE_LIMIT: '1000', REDIS_URL: redis.url });
    await ask(service.live, 1);
    redis.hang();
    using stopwatch = new Stopwatch();
    for (const answer of await ask(service.live, 100)) expect(answer.status).toBe(200);
    // Each would wait for a tenth of a second.
    expect(stopwatch.ms).toBeLessThan(5_000);
  });

  it('pass while it is away, at once, and are counted again when it is back', async () => {
    redis = await startTestRedis();
    service = await startTestService({ PURSER_RATE_LIMIT: '1', REDIS_URL: redis.url });
    const limited = async (): Promise<boolean> => (await service.live.get('/v1/accounts')).status === 429;
    expect([await limited(), await limited()]).toEqual([false, true]);

    await redis.kill();
    using stopwatch = new Stopwatch();
    for (const answer of await ask(service.live, 10)) expect(answer.status).toBe(200);
    expect(stopwatch.ms).toBeLessThan(3000);

    await redis.restart();
    await eventually('requests are limited again', limited);
    const told = service.log.filter((line) => line.includes('Redis'));
    expect(told.map((line) => /Redis is \w+/.exec(line)?.[0])).toEqual(['Redis is away', 'Redis is back']);
  });
});
