import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '10' });
});
afterAll(() => service.stop());

/** One answer of every kind. */
function answers(headers: Record<string, string> = {}): Promise<Answer[]> {
  const { live } = service;
  return Promise.all([
    live.send({ method: 'GET', path: `/v1/accounts/${account}`, headers }),
    live.post('/v1/charges', { account, amount: '1' }, { headers }),
    live.post('/v1/charges', { account, amount: '1000' }, { headers }),
    live.post('/v1/charges', {}, { headers }),
    live.send({ method: 'GET', path: '/v1/accounts', headers: { ...headers, authorization: '' } }),
    live.send({ method: 'GET', path: '/nowhere', headers }),
    live.send({ method: 'GET', path: '/health/ready', headers }),
  ]);
}

const STATUSES = [200, 201, 402, 400, 401, 404, 200];

describe('every answer', () => {
  it('tells browsers to do nothing with it, and caches not to keep it', async () => {
    const all = await answers();
    expect(all.map(({ status }) => status)).toEqual(STATUSES);
    for (const { headers } of all)
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
  });

  it('lets no page of another origin read it', async () => {
    const asked = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
    const preflight = await service.live.send({ method: 'OPTIONS', path: '/v1/charges', headers: asked });
    expect(preflight.status).toBe(405);
    for (const { headers } of [preflight, ...(await answers(asked))])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('does not tell what it is made with', async () => {
    for (const { headers } of await answers()) {
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('has the request’s id: its client’s own, where that is a sane one', async () => {
    for (const id of ['req-1', 'a.B_c:d-e', 'x'.repeat(128)])
      for (const { headers } of await answers({ 'x-request-id': id })) expect(headers['x-request-id']).toBe(id);
  });

  it('has an id of its own otherwise, never the same', async () => {
    for (const id of ['', ' ', 'x'.repeat(129), 'a b', 'a"b', '{}', 'ä'])
      for (const { headers } of await answers({ 'x-request-id': id }))
        expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const ids = (await answers()).map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has one also where the path cannot be taken apart', async () => {
    const answer = await service.live.send({ method: 'GET', path: '/v1/%', headers: { 'x-request-id': 'req-1' } });
    expect([answer.status, answer.headers['x-request-id']]).toEqual([400, 'req-1']);
  });
});
