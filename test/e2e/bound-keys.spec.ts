import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectAuthorization, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
const clients: ApiClient[] = [];
beforeAll(async () => {
  service = await startTestService();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await service.stop();
});

async function clientWith(terms: Parameters<typeof makeKey>[1], admin = service.live): Promise<ApiClient> {
  const client = new ApiClient(service.url, (await makeKey(admin, terms)).key);
  clients.push(client);
  return client;
}

describe('a key that is bound to an account', () => {
  let own: string;
  let other: string;
  let othersHold: string;
  let key: ApiClient;
  beforeAll(async () => {
    [own, other] = [
      await openAccount(service.live, { credits: '100' }),
      await openAccount(service.live, { credits: '100' }),
    ];
    othersHold = (await authorize(service.live, other, '1')).id;
    key = await clientWith({ scopes: ['authorize', 'read'], account: own });
  });

  it('says so, and stays so when it is rolled', async () => {
    const made = await makeKey(service.live, { scopes: ['read'], account: own });
    expect(made['account']).toBe(own);
    expect((await service.live.get(`/v1/api-keys/${made.id}`)).body).toMatchObject({ account: own });
    expect((await service.live.post(`/v1/api-keys/${made.id}/roll`)).body).toMatchObject({ account: own });
    expect((await makeKey(service.live, { scopes: ['read'] }))['account']).toBeNull();
  });

  it('is for an account that exists, and never an admin', async () => {
    const body = { name: 'x', scopes: ['read'], account: 'nobody' };
    const missing = expectProblem(await service.live.post('/v1/api-keys', body), 404, 'account_not_found');
    expect(missing).toMatchObject({ account: 'nobody' });
    const elsewhere = { ...body, account: own, environment: 'test' };
    expectProblem(await service.live.post('/v1/api-keys', elsewhere), 404, 'account_not_found');
    const admin = { name: 'x', scopes: ['read', 'admin'], account: own };
    expectFaults(await service.live.post('/v1/api-keys', admin), ['scopes']);
    expectFaults(await service.live.post('/v1/api-keys', { ...body, account: 'with space' }), ['account']);
  });

  it('sees and acts on its account', async () => {
    const hold = expectAuthorization(await key.post('/v1/authorizations', { account: own, amount: '5' }), 201);
    expectAuthorization(await key.post(`/v1/authorizations/${hold.id}/commit`, { amount: '3' }), 200);
    expect((await key.get(`/v1/accounts/${own}/balance`)).body).toMatchObject({ posted: '97' });
    expect((await key.get(`/v1/authorizations/${hold.id}`)).status).toBe(200);
  });

  it('finds nothing of another account, whoever’s it is and whether or not it exists', async () => {
    for (const account of [other, 'nobody']) {
      expectProblem(await key.get(`/v1/accounts/${account}`), 404, 'account_not_found');
      expectProblem(await key.get(`/v1/authorizations?account=${account}`), 404, 'account_not_found');
      expectProblem(await key.post('/v1/charges', { account, amount: '1' }), 404, 'account_not_found');
    }
    expectProblem(await key.get(`/v1/authorizations/${othersHold}`), 404, 'authorization_not_found');
    expectProblem(await key.post(`/v1/authorizations/${othersHold}/void`), 404, 'authorization_not_found');
  });

  it('lists what is its account’s, asked for or not', async () => {
    const shown = (await pagesOf(key, '/v1/authorizations', 100)).flat();
    expect(shown.length).toBeGreaterThan(0);
    expect(shown).not.toContain(othersHold);
    expect((await pagesOf(key, `/v1/authorizations?account=${own}`, 100)).flat()).toEqual(shown);
    const { data } = (await key.get('/v1/events')).body as { data: { data: { account: string } }[] };
    expect(new Set(data.map((event) => event.data.account))).toEqual(new Set([own]));
  });

  it.each(['all_or_nothing', 'independent'])(
    'has a batch refused whole that has an item of another, %s',
    async (mode) => {
      const before = (await key.get(`/v1/accounts/${own}/balance`)).body as { posted: string; held: string };
      const items = [
        { account: own, amount: '1' },
        { account: other, amount: '1' },
      ];
      for (const path of ['/v1/authorizations/batch', '/v1/charges/batch'])
        expectProblem(await key.post(path, { mode, items }), 404, 'account_not_found');
      const { posted, held } = before;
      expect((await key.get(`/v1/accounts/${own}/balance`)).body).toMatchObject({ posted, held });
    },
  );

  it('has a batch of commits refused whole that has one of another', async () => {
    const hold = expectAuthorization(await key.post('/v1/authorizations', { account: own, amount: '5' }), 201);
    const items = [{ authorization: hold.id }, { authorization: othersHold }];
    expectProblem(await key.post('/v1/authorizations/commit-batch', { items }), 404, 'authorization_not_found');
    expect((await key.get(`/v1/authorizations/${hold.id}`)).body).toMatchObject({ status: 'authorized' });
  });

  it('is told that it is bound where an operation is about no account', async () => {
    for (const path of ['/v1/accounts', '/v1/alerts', '/v1/environments', '/v1/webhook-endpoints'])
      expect(expectProblem(await key.get(path), 403, 'api_key_bound')).toMatchObject({ account: own });
    expectProblem(await key.post('/v1/api-keys', { name: 'x', scopes: ['read'] }), 403, 'scope_missing');
  });

  it('has what is malformed refused for its form, and not for its account', async () => {
    expectFaults(await key.post('/v1/charges', { amount: '1' }), ['account']);
    expectFaults(await key.post('/v1/charges', { account: [other], amount: '1' }), ['account']);
    expectFaults(await key.get(`/v1/authorizations?account=${own}&account=${other}`), ['account']);
    expectFaults(await key.post('/v1/charges/batch', { items: [null] }), ['items.0']);
  });
});

describe('an admin key that is bound itself', () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const later = new Date(Date.now() + 7_200_000).toISOString();

  it('makes no key that outlasts it', async () => {
    const admin = await clientWith({ scopes: ['admin'], expires_at: inAnHour });
    const body = { name: 'x', scopes: ['admin'] };
    for (const terms of [{}, { expires_at: null }, { expires_at: later }, { expires_at: later, environment: 'test' }])
      expectProblem(await admin.post('/v1/api-keys', { ...body, ...terms }), 403, 'api_key_expires_later');
    await makeKey(admin, { scopes: ['admin'], expires_at: inAnHour });
  });

  it('makes no key that can be used from more addresses', async () => {
    const admin = await clientWith({ scopes: ['admin'], allowed_addresses: ['127.0.0.0/8', '::1'] });
    const body = { name: 'x', scopes: ['read'] };
    for (const allowed_addresses of [undefined, [], ['127.0.0.1', '10.0.0.1'], ['126.0.0.0/7'], ['::/0']])
      expectProblem(await admin.post('/v1/api-keys', { ...body, allowed_addresses }), 403, 'api_key_addresses_wider');
    await makeKey(admin, { scopes: ['read'], allowed_addresses: ['127.0.0.1', '::1'] });
  });

  it('rolls no key that is wider, and its own into one that ends with it', async () => {
    const made = await makeKey(service.live, { scopes: ['admin'], expires_at: inAnHour });
    const admin = new ApiClient(service.url, made.key);
    clients.push(admin);
    const endless = await makeKey(service.live, { scopes: ['read'] });
    expectProblem(await admin.post(`/v1/api-keys/${endless.id}/roll`), 403, 'api_key_expires_later');
    expect((await service.live.get(`/v1/api-keys/${endless.id}`)).body).toMatchObject({ expires_at: null });
    const rolled = await admin.post(`/v1/api-keys/${made.id}/roll`);
    expect(rolled).toMatchObject({ status: 201, body: { expires_at: inAnHour } });
  });

  it('may still revoke any key, and an unbound one make any', async () => {
    const admin = await clientWith({ scopes: ['admin'], expires_at: inAnHour });
    const { id } = await makeKey(service.live, { scopes: ['read'] });
    expect((await admin.send({ method: 'DELETE', path: `/v1/api-keys/${id}` })).status).toBe(200);
    await makeKey(service.live, { scopes: ['admin'], expires_at: later });
  });
});
