import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { LIVE_KEY, startTestService, TEST_KEY, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ PURSER_LOG_LEVEL: 'debug' });
});
afterAll(() => service.stop());

type Line = Readonly<Record<string, unknown>>;
const linesOf = (id: string): Line[] =>
  service.log.map((line) => JSON.parse(line) as Line).filter((line) => line['request_id'] === id);

/** The one line of a request, which is written a moment after its answer. */
async function lineOf(id: string): Promise<Line> {
  await eventually(`${id} is logged`, () => Promise.resolve(linesOf(id).length > 0));
  expect(linesOf(id)).toHaveLength(1);
  return linesOf(id)[0] ?? {};
}

const named = (id: string): { headers: Record<string, string> } => ({ headers: { 'x-request-id': id } });

describe('the log', () => {
  it('has one line per request, with what is needed to find out about it', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await service.live.post('/v1/charges', { account, amount: '1' }, named('charged'));
    expect(await lineOf('charged')).toEqual({
      level: 'debug',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      pid: process.pid,
      request_id: 'charged',
      method: 'POST',
      route: '/v1/charges',
      status: 201,
      ms: expect.any(Number),
      ledger_ms: expect.any(Number),
      address: '127.0.0.1',
      environment: 'live',
      key: expect.stringMatching(/^key_[0-7][0-9a-z]{25}$/),
      key_name: expect.stringMatching(/\w/),
      message: 'request',
    });
    const { ms, ledger_ms: ledgerMs } = await lineOf('charged');
    expect(Number(ledgerMs)).toBeGreaterThan(0);
    expect(Number(ms)).toBeGreaterThan(Number(ledgerMs));
  });

  it('says which problem a request was answered with, whoever found it', async () => {
    const account = await openAccount(service.test, { credits: '1' });
    const path = `/v1/accounts/${account}?unknown=1`;
    await service.test.post('/v1/charges', { account, amount: '2' }, named('declined'));
    await service.test.post('/v1/charges', { account }, named('malformed'));
    await service.test.send({ method: 'GET', path, ...named('misread') });
    await service.test.send({ method: 'GET', path: '/nowhere', ...named('lost') });
    const anonymous = { authorization: '', 'x-request-id': 'anonymous' };
    await service.test.send({ method: 'GET', path: `/v1/accounts/${account}`, headers: anonymous });

    expect(await lineOf('declined')).toMatchObject({ status: 402, problem: 'insufficient_credits' });
    expect(await lineOf('malformed')).toMatchObject({ status: 400, problem: 'invalid_request', environment: 'test' });
    expect(await lineOf('misread')).toMatchObject({ status: 400, route: '/v1/accounts/:id' });
    expect(await lineOf('lost')).toMatchObject({ status: 404, problem: 'not_found', route: 'unknown' });
    const unknown = await lineOf('anonymous');
    expect(unknown).toMatchObject({ status: 401, problem: 'invalid_api_key' });
    expect(unknown).not.toHaveProperty('key');
  });

  it('holds no key, no header and nothing of a body or query, whatever is sent', async () => {
    const secret = 'a-secret-that-was-sent';
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, 'x-api-key': secret };
    await service.live.send({ method: 'GET', path: `/v1/accounts?cursor=${secret}`, headers });
    await service.live.send({ method: 'GET', path: `/${secret}`, headers });
    await service.live.post('/v1/accounts', { metadata: { webhook: `whsec_${secret}` }, name: secret });
    await service.live.post('/v1/accounts', { [secret]: secret }, { key: secret });
    await service.live.send({ method: 'POST', path: '/v1/accounts', payload: secret });
    await service.live.get('/v1/accounts/last');
    await eventually('all is logged', () => Promise.resolve(service.log.at(-1)?.includes('/v1/accounts/:id') ?? false));

    const all = service.log.join('\n');
    for (const text of [secret, LIVE_KEY, TEST_KEY, LIVE_KEY.slice(-20), 'Bearer', 'whsec_'])
      expect(all).not.toContain(text);
  });
});

describe('the log by default', () => {
  it('has no line of requests that were answered as they should be, or that their client got wrong', async () => {
    const quiet = await startTestService();
    const account = await openAccount(quiet.live, { credits: '1' });
    await quiet.live.post('/v1/charges', { account, amount: '1' });
    await quiet.live.post('/v1/charges', { account, amount: '1' });
    await quiet.live.post('/v1/charges', {});
    expect(quiet.log).toEqual([]);
    await quiet.stop();
  });

  it('warns of a request that took longer than a second', async () => {
    const quiet = await startTestService();
    const client = await quiet.pool.connect();
    await client.query('begin; lock table accounts in access exclusive mode');
    const answer = quiet.live.send({ method: 'GET', path: '/v1/accounts', ...named('slow') });
    setTimeout(() => void client.query('rollback'), 1100);
    expect((await answer).status).toBe(200);
    await eventually('it is logged', () => Promise.resolve(quiet.log.length > 0));
    expect(JSON.parse(quiet.log.join())).toMatchObject({ level: 'warn', request_id: 'slow', status: 200 });
    client.release();
    await quiet.stop();
  });
});
