import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { authorize, charge, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/limits';

interface LimitView {
  readonly id: string;
  readonly [field: string]: unknown;
}

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await service.stop();
});

const clients: ApiClient[] = [];
function as(key: string): ApiClient {
  const client = new ApiClient(service.url, key);
  clients.push(client);
  return client;
}

function remove(client: ApiClient, path: string): Promise<Answer> {
  return client.send({ method: 'DELETE', path });
}

async function limitNow(client: ApiClient, id: string): Promise<LimitView> {
  return (await client.get(`${PATH}/${id}`)).body as LimitView;
}

async function setLimit(client: ApiClient, terms: object): Promise<LimitView> {
  const { status, body } = await client.put(PATH, terms);
  expect(status).toBe(200);
  return body as LimitView;
}

describe('the limit of an environment', () => {
  it('holds over all accounts, and shows how far it is used', async () => {
    const { test } = service;
    const limit = await setLimit(test, { amount: '10', period: 'total' });
    expect(limit).toMatchObject({ kind: 'environment', keys: [], unit: 'credits', time_zone: 'UTC', spent: '0' });
    const [first, second] = [
      await openAccount(test, { credits: '100' }),
      await openAccount(test, { credits: '100', id: 'second' }),
    ];
    await charge(test, first, '4');
    await authorize(test, second, '5');
    const declined = expectProblem(
      await test.post('/v1/charges', { account: first, amount: '2' }),
      402,
      'environment_limit_exceeded',
    );
    expect(declined).toMatchObject({ limit: '10', spent: '4', held: '5', required: '2', resets_at: null });
    expect(await limitNow(test, limit.id)).toMatchObject({ spent: '4', held: '5', remaining: '1', granted: '9' });
    const { data } = expectList(await test.get(`${PATH}/${limit.id}/shares?limit=1`));
    expect(data).toMatchObject([{ account: 'second', granted: '5', spent: '0', held: '5' }]);
    await charge(test, first, '1');
  });

  it('goes on where it is when its amount changes, or when it was taken away', async () => {
    const { test } = service;
    const { id } = await setLimit(test, { amount: '12', period: 'total' });
    expect(await limitNow(test, id)).toMatchObject({ spent: '5', held: '5', remaining: '2' });
    expect(await remove(test, `${PATH}/${id}`)).toMatchObject({ status: 200, body: { id, amount: '12' } });
    expectProblem(await test.get(`${PATH}/${id}`), 404, 'limit_not_found');
    expectProblem(await remove(test, `${PATH}/${id}`), 404, 'limit_not_found');
    await charge(test, 'second', '50');
    expect(await setLimit(test, { amount: '12', period: 'total' })).toMatchObject({ id, spent: '5' });
    const { data } = expectList(await test.get(`/v1/audit-log?object=${id}`));
    expect(data).toMatchObject([
      { before: null, after: { amount: '12' } },
      { before: { amount: '12' }, after: null },
      { before: { amount: '10' }, after: { amount: '12' } },
      { before: null, after: { amount: '10', unit: 'credits', period: 'total', time_zone: 'UTC' } },
    ]);
  });

  it('counts one unit, and starts anew with another period', async () => {
    const { test } = service;
    const tokens = await openAccount(test, { unit: 'tokens', credits: '1000' });
    await charge(test, tokens, '500');
    const before = await setLimit(test, { amount: '12', period: 'total' });
    const other = await setLimit(test, { amount: '600', period: 'day', unit: 'tokens' });
    await charge(test, tokens, '100');
    expect(await limitNow(test, other.id)).toMatchObject({ spent: '100', unit: 'tokens' });
    const daily = await setLimit(test, { amount: '12', period: 'day', time_zone: 'Asia/Kathmandu' });
    expect(daily).toMatchObject({ spent: '0', period: 'day', time_zone: 'Asia/Kathmandu' });
    expect(daily.id).not.toBe(before.id);
    expectProblem(await test.get(`${PATH}/${before.id}`), 404, 'limit_not_found');
    expect(expectList(await test.get(PATH)).data).toHaveLength(2);
    expect(expectList(await service.live.get(PATH)).data).toEqual([]);
  });

  it('begins a new window by its calendar, on the test clock too', async () => {
    await service.live.post('/v1/environments', { name: 'dated' });
    const { key } = await makeKey(service.live, { environment: 'dated', scopes: ['admin'] });
    const dated = as(key);
    const account = await openAccount(dated, { credits: '100' });
    const { now } = (await dated.get('/v1/test-clock')).body as { readonly now: string };
    const { id } = await setLimit(dated, { amount: '10', period: 'month', time_zone: 'Asia/Kathmandu' });
    await charge(dated, account, '10');
    expectProblem(await dated.post('/v1/charges', { account, amount: '1' }), 402, 'environment_limit_exceeded');
    const { resets_at } = await limitNow(dated, id);
    const left = Date.parse(String(resets_at)) - Date.parse(now);
    await dated.post('/v1/test-clock/advance', { seconds: Math.ceil(left / 1000) + 1 });
    expect(await limitNow(dated, id)).toMatchObject({ spent: '0', window_start: resets_at });
    await charge(dated, account, '10');
    expect(await limitNow(dated, id)).toMatchObject({ spent: '10', remaining: '0', window_start: resets_at });
  });

  it.each(['authorizations', 'charges'])(
    'bounds batches of %s, which are approved as a whole or not at all',
    async (of) => {
      const environment = `batches-of-${of}`;
      await service.live.post('/v1/environments', { name: environment });
      const { key } = await makeKey(service.live, { environment, scopes: ['admin'] });
      const client = as(key);
      const { id } = await setLimit(client, { amount: '10', period: 'total' });
      const [first, second] = [
        await openAccount(client, { credits: '100' }),
        await openAccount(client, { credits: '100', id: 'second' }),
      ];
      const ask = (...amounts: readonly string[]) =>
        client.post(`/v1/${of}/batch`, {
          items: amounts.map((amount, at) => ({ account: at % 2 === 0 ? first : second, amount })),
        });
      expect(await ask('1', '2', '3')).toMatchObject({ status: 201 });
      expectProblem(await ask('2', '2', '1'), 402, 'environment_limit_exceeded');
      expect(await ask('4')).toMatchObject({ status: 201 });
      expect(await limitNow(client, id)).toMatchObject({ remaining: '0' });
    },
  );

  it('is known to every process', async () => {
    const other = await service.startAnother();
    const account = await openAccount(service.live, { credits: '100' });
    await setLimit(service.live, { amount: '1', period: 'month' });
    await eventually('the other process declines', async () => {
      const { status } = await other.live.post('/v1/charges', { account, amount: '2' });
      return status === 402;
    });
  });

  it('takes no amount that is none, and no period that there isn’t', async () => {
    expectFaults(await service.test.put(PATH, { amount: '-1', period: 'year', unit: '' }), [
      'amount',
      'period',
      'unit',
    ]);
  });
});

describe('the limit of a key', () => {
  it('holds for what the key asks for, and for the key that it is rolled to', async () => {
    const { live } = service;
    await setLimit(live, { amount: '1000000', period: 'month' });
    const account = await openAccount(live, { credits: '1000', id: 'of-keys' });
    const limit = { amount: '50', period: 'month', time_zone: 'Europe/Berlin' };
    const made = await makeKey(live, { name: 'development', scopes: ['authorize'], limit });
    expect(made['limit']).toMatchObject({ amount: '50', unit: 'credits', period: 'month', time_zone: 'Europe/Berlin' });
    await charge(as(made.key), account, '30');
    await charge(live, account, '500');
    const { body } = await live.post(`/v1/api-keys/${made.id}/roll`);
    const rolled = body as { readonly id: string; readonly key: string; readonly limit: { readonly id: string } };
    const declined = await as(rolled.key).post('/v1/charges', { account, amount: '21' });
    expect(expectProblem(declined, 402, 'key_limit_exceeded')).toMatchObject({ limit: '50', spent: '30', held: '0' });
    await charge(as(rolled.key), account, '15');
    await charge(as(made.key), account, '5');
    expect(await limitNow(live, rolled.limit.id)).toMatchObject({
      kind: 'key',
      keys: [rolled.id, made.id],
      spent: '50',
      remaining: '0',
    });
  });

  it('is changed and removed by a PATCH of the key', async () => {
    const { live } = service;
    const { id, key } = await makeKey(live, { name: 'another', scopes: ['authorize'] });
    const path = `/v1/api-keys/${id}`;
    await live.patch(path, { limit: { amount: '1', period: 'total' } });
    const ask = () => as(key).post('/v1/charges', { account: 'of-keys', amount: '2' });
    expectProblem(await ask(), 402, 'key_limit_exceeded');
    const { body } = await live.patch(path, {});
    expect(body).toMatchObject({ limit: { amount: '1' } });
    await live.patch(path, { limit: { amount: '2', period: 'total' } });
    expect((await ask()).status).toBe(201);
    expectProblem(await ask(), 402, 'key_limit_exceeded');
    expect((await live.patch(path, { limit: null })).body).toMatchObject({ limit: null });
    expect((await ask()).status).toBe(201);
  });

  it('is the only one that the key has, also with another period', async () => {
    const { live } = service;
    const { id } = await makeKey(live, {
      name: 'moved',
      scopes: ['authorize'],
      limit: { amount: '9', period: 'total' },
    });
    const { body } = await live.patch(`/v1/api-keys/${id}`, { limit: { amount: '9', period: 'day' } });
    const { limit } = body as { readonly limit: LimitView };
    const listed = expectList(await live.get(PATH)).data as readonly LimitView[];
    expect(listed.filter((one) => one['kind'] === 'key' && String(one['keys']) === '')).toEqual([]);
    expect(listed.filter((one) => String(one['keys']) === id)).toMatchObject([{ id: limit.id, period: 'day' }]);
  });
});
