import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, Answer } from '../support/api-client.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { charge, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { answer, verified, WebhookReceiver } from '../support/webhook-receiver.ts';
import { deliverAll, makeEndpoint, writeEvent } from '../support/webhook-steps.ts';

const PATH = '/v1/webhook-endpoints';

let service: TestService;
let receiver: WebhookReceiver;
beforeAll(async () => {
  service = await startTestService();
});
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await service.pool.query('delete from webhook_endpoints');
  await service.pool.query('delete from webhook_deliveries');
});
afterAll(() => service.stop());

function remove(client: ApiClient, id: string): Promise<Answer> {
  return client.send({ method: 'DELETE', path: `${PATH}/${id}` });
}

async function deliveriesOf(id: string, query = '') {
  const { data } = expectList(await service.live.get(`${PATH}/${id}/deliveries${query}`));
  return data as unknown as readonly Record<string, unknown>[];
}

describe('an endpoint', () => {
  it('is made, shown with its secret once, changed and deleted', async () => {
    const made = await makeEndpoint(service.live, { url: receiver.url, types: ['grant.created'], description: 'ours' });
    expect(made).toEqual({
      id: expect.stringMatching(/^whe_[0-7][0-9a-z]{25}$/),
      url: receiver.url,
      types: ['grant.created'],
      account: null,
      description: 'ours',
      enabled: true,
      disabled_reason: null,
      failing_since: null,
      previous_secret_until: null,
      created_at: expect.stringMatching(/Z$/),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = made;
    const found = await service.live.get(`${PATH}/${made.id}`);
    expect(found.body).toEqual(shown);

    const changes = { types: null, description: null, enabled: false };
    const changed = await service.live.patch(`${PATH}/${made.id}`, changes);
    expect(changed).toMatchObject({ status: 200, body: { ...shown, ...changes, disabled_reason: 'request' } });
    const enabled = await service.live.patch(`${PATH}/${made.id}`, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, disabled_reason: null, url: receiver.url });

    expect((await remove(service.live, made.id)).status).toBe(200);
    expectProblem(await service.live.get(`${PATH}/${made.id}`), 404, 'webhook_endpoint_not_found');
    expectProblem(await remove(service.live, made.id), 404, 'webhook_endpoint_not_found');

    const audit = expectList(await service.live.get(`/v1/audit-log?object=${made.id}`));
    expect(audit.data.map((entry) => (entry as unknown as { call: string }).call)).toEqual([
      'DELETE /v1/webhook-endpoints/{id}',
      'PATCH /v1/webhook-endpoints/{id}',
      'PATCH /v1/webhook-endpoints/{id}',
      'POST /v1/webhook-endpoints',
    ]);
    const { rows } = await service.pool.query<{ row: string }>(
      `select a::text as row from audit_log a union all select e::text from webhook_endpoints e
      union all select k::text from idempotency_keys k`,
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toContain(secret.slice('whsec_'.length));
  });

  it('is the same one under the same Idempotency-Key, secret included', async () => {
    const key = randomUUID();
    const first = await service.live.post(PATH, { url: receiver.url }, { key });
    const second = await service.live.post(PATH, { url: receiver.url }, { key });
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expectProblem(await service.live.post(PATH, { url: `${receiver.url}/x` }, { key }), 422, 'idempotency_key_reused');
  });

  it('is refused with all its faults at once', async () => {
    const bad = { url: 'ftp://x', types: ['grant.made'], account: 'a b', description: '', headers: { a: 'b' } };
    expectFaults(await service.live.post(PATH, bad), ['url', 'types', 'account', 'description', 'headers']);
    expectFaults(await service.live.post(PATH, {}), ['url']);
    expectFaults(await service.live.post(PATH, { url: receiver.url, types: [] }), ['types']);
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    expectFaults(await service.live.patch(`${PATH}/${id}`, { url: 'x', enabled: 'yes', account: 'x' }), [
      'url',
      'enabled',
      'account',
    ]);
  });

  it.each([
    'http://example.com/',
    'https://user:secret@example.com/',
    'https://example.com:444/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest',
  ])('must not be %s', async (url) => {
    expectFaults(await service.live.post(PATH, { url }), ['url']);
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    expectFaults(await service.live.patch(`${PATH}/${id}`, { url }), ['url']);
  });

  it('is refused where its host isn’t known, or not on the public internet', async () => {
    expectProblem(await service.live.post(PATH, { url: 'https://nowhere.example/' }), 400, 'webhook_host_unknown');
    expectProblem(await service.live.post(PATH, { url: 'https://intranet.example/' }), 400, 'webhook_host_not_public');
    const { id } = await makeEndpoint(service.live, { url: 'https://acme.example/' });
    const moved = await service.live.patch(`${PATH}/${id}`, { url: 'https://intranet.example/' });
    expectProblem(moved, 400, 'webhook_host_not_public');
    expect((await service.live.get(`${PATH}/${id}`)).body).toMatchObject({ url: 'https://acme.example/' });
  });

  it('may be an account’s own, if there is such an account', async () => {
    const account = await openAccount(service.live);
    const own = await makeEndpoint(service.live, { url: receiver.url, account });
    await makeEndpoint(service.live, { url: receiver.url });
    const { data } = expectList(await service.live.get(`${PATH}?account=${account}`));
    expect(data.map(({ id }) => id)).toEqual([own.id]);
    const nobodys = await service.live.post(PATH, { url: receiver.url, account: 'nobody' });
    expect(expectProblem(nobodys, 404, 'account_not_found')).toMatchObject({ account: 'nobody' });

    const mine = await writeEvent(service.pool, { account });
    await writeEvent(service.pool, { account: 'somebody-else' });
    await deliverAll(service.pool);
    expect((await deliveriesOf(own.id)).map(({ event }) => event)).toEqual([mine]);
  });

  it('is nobody’s business in another environment', async () => {
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    const event = await writeEvent(service.pool);
    expect(expectList(await service.test.get(PATH)).data).toEqual([]);
    for (const asked of [
      service.test.get(`${PATH}/${id}`),
      service.test.get(`${PATH}/${id}/deliveries`),
      service.test.patch(`${PATH}/${id}`, {}),
      service.test.post(`${PATH}/${id}/test`),
      service.test.post(`${PATH}/${id}/roll-secret`),
      service.test.post(`${PATH}/${id}/redeliver`, { since: '2026-01-01T00:00:00Z' }),
      remove(service.test, id),
    ])
      expectProblem(await asked, 404, 'webhook_endpoint_not_found');
    expectProblem(await service.test.post(`/v1/events/${event}/redeliver`), 404, 'event_not_found');
  });

  it('is listed page by page, the newest first', async () => {
    const made: string[] = [];
    for (let at = 0; at < 5; at++) made.push((await makeEndpoint(service.live, { url: receiver.url })).id);
    expect(await pagesOf(service.live, PATH, 2)).toEqual([[made[4], made[3]], [made[2], made[1]], [made[0]]]);
  });

  it('can’t be made where there is no key for its secret, nor on loopback where that isn’t allowed', async () => {
    const bare = await startTestService({ PURSER_SECRETS_KEY: '', PURSER_WEBHOOKS_ALLOW_LOOPBACK: '' });
    expectProblem(await bare.live.post(PATH, { url: 'https://203.0.114.1/' }), 503, 'secrets_key_missing');
    const refused = expectProblem(await bare.live.post(PATH, { url: receiver.url }), 400, 'webhook_host_not_public');
    expect(refused.detail).toMatch(/http:\/\/127\.0\.0\.1.*PURSER_WEBHOOKS_ALLOW_LOOPBACK=true/);
    const { errors } = expectProblem(
      await bare.live.post(PATH, { url: 'http://localhost:9/' }),
      400,
      'invalid_request',
    );
    expect(errors?.[0]?.message).toMatch(/http:\/\/127\.0\.0\.1.*PURSER_WEBHOOKS_ALLOW_LOOPBACK=true/);
    await bare.stop();
  });
});

describe('what happens in the ledger', () => {
  it('gets to the endpoints that hear of it, each event once, as the events API tells it', async () => {
    const made = await makeEndpoint(service.live, { url: receiver.url, types: ['balance.threshold_reached'] });
    const account = await openAccount(service.live, { credits: '100' });
    for (const amount of ['40', '20', '35', '5']) await charge(service.live, account, amount);
    await deliverAll(service.pool);
    const { data } = (await service.live.get(`/v1/events?account=${account}&type=balance.threshold_reached`)).body as {
      data: readonly { readonly id: string }[];
    };
    const told = receiver.received.map((message) => ({ id: message.id, ...verified(message, made.secret) }));
    expect(told.sort((a, b) => (a.id < b.id ? 1 : -1))).toEqual(data);
    expect(told.map((event) => event.data)).toMatchObject([
      { account, percent: 100, balance: { posted: '0' } },
      { account, percent: 90, crossed: [75, 90], balance: { posted: '5' } },
      { account, percent: 50, balance: { posted: '40' } },
    ]);
  });
});

describe('a test event', () => {
  it('gets to its endpoint alone, whatever that hears of, and is told of in its deliveries', async () => {
    const made = await makeEndpoint(service.live, { url: receiver.url, types: ['grant.voided'] });
    const other = await makeEndpoint(service.live, { url: `${receiver.url}/other` });
    const queued = await service.live.post(`${PATH}/${made.id}/test`);
    expect(queued).toMatchObject({ status: 202, body: { status: 'pending', endpoint: made.id, attempts: [] } });
    await deliverAll(service.pool);
    const [message] = receiver.received;
    if (!message) throw new Error('nothing arrived');
    expect(verified(message, made.secret)).toMatchObject({
      type: 'webhook_endpoint.test',
      data: { endpoint: made.id },
    });
    const { event } = queued.body as { event: string };
    expect(message.id).toBe(event);
    expect(await deliveriesOf(made.id)).toEqual([
      {
        event,
        type: 'webhook_endpoint.test',
        endpoint: made.id,
        status: 'delivered',
        attempt_count: 1,
        attempts: [
          {
            at: expect.stringMatching(/Z$/),
            duration_ms: expect.any(Number),
            status_code: 200,
            error: null,
            response: 'thank you',
          },
        ],
        next_attempt_at: null,
        delivered_at: expect.stringMatching(/Z$/),
        created_at: expect.stringMatching(/Z$/),
      },
    ]);
    expect(await deliveriesOf(other.id)).toEqual([]);
    await service.live.patch(`${PATH}/${made.id}`, { enabled: false });
    expectProblem(await service.live.post(`${PATH}/${made.id}/test`), 409, 'webhook_endpoint_disabled');
  });
});

describe('what is sent again', () => {
  it('is one event, to every endpoint that hears of it or to one, under the same id', async () => {
    const one = await makeEndpoint(service.live, { url: `${receiver.url}/one` });
    const two = await makeEndpoint(service.live, { url: `${receiver.url}/two` });
    await makeEndpoint(service.live, { url: `${receiver.url}/deaf`, types: ['grant.voided'] });
    const event = await writeEvent(service.pool);
    await deliverAll(service.pool);
    const again = await service.live.post(`/v1/events/${event}/redeliver`);
    expect(again).toMatchObject({ status: 202, body: { deliveries: 2 } });
    await deliverAll(service.pool);
    const single = await service.live.post(`/v1/events/${event}/redeliver`, { endpoint: two.id });
    expect(single).toMatchObject({ status: 202, body: { deliveries: 1 } });
    await deliverAll(service.pool);
    expect(receiver.ids).toEqual([event, event, event, event, event]);
    expect(receiver.received.filter(({ path }) => path === '/hooks/two')).toHaveLength(3);
    expect(await deliveriesOf(one.id)).toMatchObject([{ attempt_count: 2, status: 'delivered' }]);
    expectProblem(
      await service.live.post(`/v1/events/${event}/redeliver`, { endpoint: `whe_${'0'.repeat(26)}` }),
      404,
      'webhook_endpoint_not_found',
    );
    expectFaults(await service.live.post(`/v1/events/${event}/redeliver`, { endpoint: 'x' }), ['endpoint']);
    expectProblem(await service.live.post(`/v1/events/evt_${'0'.repeat(26)}/redeliver`), 404, 'event_not_found');
  });

  it('is everything since a time, what happened while the endpoint was disabled included', async () => {
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    const early = await writeEvent(service.pool);
    await deliverAll(service.pool);
    await sleep(5);
    const since = new Date().toISOString();
    await service.live.patch(`${PATH}/${id}`, { enabled: false });
    const missed = [await writeEvent(service.pool), await writeEvent(service.pool)];
    await deliverAll(service.pool);
    const path = `${PATH}/${id}/redeliver`;
    expectProblem(await service.live.post(path, { since }), 409, 'webhook_endpoint_disabled');
    await service.live.patch(`${PATH}/${id}`, { enabled: true });
    const queued = await service.live.post(path, { since });
    expect(queued).toMatchObject({ status: 202, body: { deliveries: 2, next_since: null } });
    await deliverAll(service.pool);
    expect(receiver.ids).toEqual([early, ...missed].sort());
    for (const bad of [{}, { since: 'yesterday' }, { since: '2999-01-01T00:00:00Z' }])
      expectFaults(await service.live.post(path, bad), ['since']);
  });

  it('takes ten thousand events at a time, and says where to go on', async () => {
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    await service.pool.query(
      `insert into events (account_id, id, environment, type, data, occurred_at, recorded_at, relayed_at)
      select 1, gen_random_uuid(), 'live', 'grant.created', '{}', now(), now() + n * interval '1 ms', now()
      from generate_series(1, 10500) n`,
    );
    const first = await service.live.post(`${PATH}/${id}/redeliver`, { since: '2026-01-01T00:00:00Z' });
    const { deliveries, next_since } = first.body as { deliveries: number; next_since: string };
    expect(deliveries).toBe(10_000);
    await sleep(Math.max(0, Date.parse(next_since) - Date.now()));
    const second = await service.live.post(`${PATH}/${id}/redeliver`, { since: next_since });
    expect(second.body).toMatchObject({ next_since: null });
    const { rows } = await service.pool.query<{ count: number }>(
      'select count(*)::integer as count from webhook_deliveries d join events e on e.id = d.event_id where e.account_id = 1',
    );
    expect(rows).toEqual([{ count: 10_500 }]);
  });
});

describe('deliveries', () => {
  it('are listed by status, page by page, those of the newest events first', async () => {
    const { id } = await makeEndpoint(service.live, { url: receiver.url });
    const events: string[] = [];
    for (let at = 0; at < 3; at++) {
      events.push(await writeEvent(service.pool));
      await sleep(2);
    }
    receiver.answering = (response, message) => {
      answer(message.id === events[1] ? 410 : 200)(response, message);
    };
    await deliverAll(service.pool);
    const path = `${PATH}/${id}/deliveries`;
    const first = await service.live.get(`${path}?limit=2`);
    const { data, next_cursor } = first.body as { data: { event: string }[]; next_cursor: string };
    expect(data.map(({ event }) => event)).toEqual([events[2], events[1]]);
    expect((await deliveriesOf(id, `?cursor=${next_cursor}`)).map(({ event }) => event)).toEqual([events[0]]);
    expect(await deliveriesOf(id, '?status=failed')).toMatchObject([
      { event: events[1], attempts: [{ status_code: 410 }] },
    ]);
    expectFaults(await service.live.get(`${path}?status=lost`), ['status']);
    expect((await service.live.get(`${PATH}/${id}`)).body).toMatchObject({ enabled: false, disabled_reason: 'gone' });
  });
});

describe('a secret that is rolled', () => {
  it('is shown once, and signs beside the one before', async () => {
    const made = await makeEndpoint(service.live, { url: receiver.url });
    const rolled = await service.live.post(`${PATH}/${made.id}/roll-secret`);
    expect(rolled).toMatchObject({ status: 200, body: { id: made.id, secret: expect.stringMatching(/^whsec_/) } });
    const { secret, previous_secret_until } = rolled.body as { secret: string; previous_secret_until: string };
    expect(Date.parse(previous_secret_until) - Date.now()).toBeGreaterThan(86_000_000);
    await writeEvent(service.pool);
    await deliverAll(service.pool);
    const [message] = receiver.received;
    if (!message) throw new Error('nothing arrived');
    for (const one of [secret, made.secret]) expect(verified(message, one).type).toBe('grant.created');
  });
});
