import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { makeBudget } from '../support/budget-steps.ts';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
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

function as(key: string): ApiClient {
  const client = new ApiClient(service.url, key);
  clients.push(client);
  return client;
}

async function standingOf(account: string, query = '', client = service.live): Promise<unknown> {
  const { status, body } = await client.get(`/v1/accounts/${account}/standing${query && `?${query}`}`);
  expect(status).toBe(200);
  return body;
}

/** The headers of an answer that say how the account stands. */
function told({ headers }: Answer): Record<string, unknown> {
  const names = ['available', 'used-percent', 'standing', 'nearest-limit'];
  return Object.fromEntries(
    names.filter((name) => `purser-${name}` in headers).map((name) => [name, headers[`purser-${name}`]]),
  );
}

describe('the standing of an account', () => {
  it('says what is left, which limit is nearest, and what to do', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    expect(await standingOf(account)).toEqual({
      standing: 'ok',
      available: '100',
      used_percent: '0',
      nearest_limit: null,
      forecast: null,
      model_hint: null,
    });
    await makeBudget(service.live, account, 'day', { amount: '50' });
    await charge(service.live, account, '30');
    await authorize(service.live, account, '10');
    expect(await standingOf(account)).toEqual({
      standing: 'economize',
      available: '60',
      used_percent: '40',
      nearest_limit: {
        kind: 'budget',
        name: 'day',
        value: null,
        limit: '50',
        remaining: '10',
        used_percent: '80',
        resets_at: expect.stringMatching(/T00:00:00.000Z$/),
      },
      forecast: { hours_left: '2.3', used_last_hour: '30' },
      model_hint: null,
    });
    await authorize(service.live, account, '10');
    expect(await standingOf(account)).toMatchObject({ standing: 'stop', nearest_limit: { remaining: '0' } });
  });

  it('is about requests with the given tags and model', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await makeBudget(service.live, account, 'each', { amount: '10', per: 'user' });
    await makeBudget(service.live, account, 'large', { amount: '20', scope: { model: 'large' } });
    const usage = [{ event: 'chat', model: 'large' }];
    await service.live.post('/v1/charges', { account, amount: '9', usage, tags: { user: 'u1' } });
    expect(await standingOf(account, 'tag.user=u1')).toMatchObject({
      standing: 'economize',
      nearest_limit: { name: 'each', value: 'u1', used_percent: '90' },
    });
    expect(await standingOf(account, 'tag.user=u2')).toMatchObject({
      standing: 'ok',
      nearest_limit: { name: 'each', value: 'u2', used_percent: '0', remaining: '10' },
    });
    expect(await standingOf(account, 'tag.user=u2&model=large')).toMatchObject({
      nearest_limit: { name: 'large', used_percent: '45' },
    });
    await grantCredits(service.live, account, '7', { scope: { models: ['large'] } });
    expect(await standingOf(account, 'model=large')).toMatchObject({ available: '98' });
    expect(await standingOf(account)).toMatchObject({ available: '91' });
  });

  it('follows the settings of the environment', async () => {
    const account = await openAccount(service.test, { credits: '100' });
    await charge(service.test, account, '60');
    await service.test.put('/v1/settings', { economize_from: 60, model_hint: 'small-model' });
    const expected = { standing: 'economize', used_percent: '60', model_hint: 'small-model' };
    expect(await standingOf(account, '', service.test)).toMatchObject(expected);
    await service.test.put('/v1/settings', {});
    expect(await standingOf(account, '', service.test)).toMatchObject({ standing: 'ok', model_hint: null });
  });

  it('counts budgets that every account has', async () => {
    const account = await openAccount(service.test, { credits: '100' });
    await service.test.put('/v1/budgets/everyone', { amount: '10', period: 'day' });
    await charge(service.test, account, '8.5');
    const nearest_limit = { kind: 'budget', name: 'everyone', used_percent: '85' };
    expect(await standingOf(account, '', service.test)).toMatchObject({ standing: 'economize', nearest_limit });
    await service.test.send({ method: 'DELETE', path: '/v1/budgets/everyone' });
  });

  it('counts what all accounts have used of the limit of the key that asks, and not what is only leased', async () => {
    const { key } = await makeKey(service.live, {
      scopes: ['authorize'],
      limit: { amount: '50', period: 'month' },
    });
    const limited = as(key);
    const [first, second] = [
      await openAccount(service.live, { credits: '100' }),
      await openAccount(service.live, { credits: '100' }),
    ];
    await charge(limited, first, '30');
    await charge(limited, second, '10');
    const nearest_limit = { kind: 'key', name: null, limit: '50', remaining: '10', used_percent: '80' };
    expect(await standingOf(first, '', limited)).toMatchObject({ standing: 'economize', nearest_limit });
    expect(await standingOf(first)).toMatchObject({ standing: 'ok', nearest_limit: null });
  });

  it('counts the limit of the environment, and hides its figures from a key of one account', async () => {
    const account = await openAccount(service.test, { credits: '100' });
    const limit = (await service.test.put('/v1/limits', { amount: '10', period: 'day' })).body as { id: string };
    await charge(service.test, account, '9');
    const nearest_limit = { kind: 'environment', limit: '10', used_percent: '90' };
    expect(await standingOf(account, '', service.test)).toMatchObject({ standing: 'economize', nearest_limit });
    const { key } = await makeKey(service.test, { scopes: ['read'], account });
    expect(await standingOf(account, '', as(key))).toMatchObject({ standing: 'economize', nearest_limit: null });
    await service.test.send({ method: 'DELETE', path: `/v1/limits/${limit.id}` });
  });

  it('is stop for an account that is suspended, or has nothing', async () => {
    expect(await standingOf(await openAccount(service.live))).toMatchObject({ standing: 'stop', used_percent: '0' });
    const account = await openAccount(service.live, { credits: '100' });
    await service.live.post(`/v1/accounts/${account}/suspend`);
    expect(await standingOf(account)).toMatchObject({ standing: 'stop', available: '100' });
  });

  it('refuses what it does not know', async () => {
    expectProblem(await service.live.get('/v1/accounts/nobody/standing'), 404, 'account_not_found');
    const account = await openAccount(service.live);
    const path = `/v1/accounts/${account}/standing`;
    expectFaults(await service.live.get(`${path}?tag.a=1&tag.a=2&model=&user=u1`), ['tag', 'model', 'user']);
  });
});

describe('the answer to a request for credits', () => {
  it('says how the account stands after it', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const held = await service.live.post('/v1/authorizations', { account, amount: '40' });
    expect(told(held)).toEqual({ available: '60', 'used-percent': '40', standing: 'ok' });
    await makeBudget(service.live, account, 'day', { amount: '60', per: 'user' });
    const charged = await service.live.post('/v1/charges', { account, amount: '50', tags: { user: 'u1' } });
    expect(told(charged)).toEqual({
      available: '10',
      'used-percent': '90',
      standing: 'economize',
      'nearest-limit': 'budget:day;used=83.33',
    });
    const { id } = held.body as { id: string };
    const committed = await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '20' });
    expect(told(committed)).toEqual({ available: '30', 'used-percent': '70', standing: 'ok' });
  });

  it('says so where it is a decline, and of a replay nothing', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await makeBudget(service.live, account, 'day', { amount: '4' });
    await charge(service.live, account, '4');
    const body = { account, amount: '1' };
    const declined = await service.live.post('/v1/charges', body, { key: 'standing' });
    expectProblem(declined, 402, 'budget_exceeded');
    expect(told(declined)).toEqual({
      available: '6',
      'used-percent': '40',
      standing: 'stop',
      'nearest-limit': 'budget:day;used=100',
    });
    const again = await service.live.post('/v1/charges', body, { key: 'standing' });
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', 'purser-decline-final': 'true' });
    expect(told(again)).toEqual({});
  });

  it('says nothing where nothing was decided on credits', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '1');
    expect(told(await service.live.post(`/v1/authorizations/${id}/void`))).toEqual({});
    expect(told(await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '1' }))).toEqual({});
    expect(told(await service.live.post('/v1/charges', { account: 'nobody', amount: '1' }))).toEqual({});
  });

  it('names the limit of a key once it is used up', async () => {
    const { key } = await makeKey(service.live, { scopes: ['authorize'], limit: { amount: '5', period: 'month' } });
    const limited = as(key);
    const account = await openAccount(service.live, { credits: '100' });
    await charge(limited, account, '5');
    await eventually('the decline says so', async () => {
      const declined = await limited.post('/v1/charges', { account, amount: '1' });
      expectProblem(declined, 402, 'key_limit_exceeded');
      return told(declined)['nearest-limit'] === 'key;used=100' && told(declined)['standing'] === 'stop';
    });
  });
});
