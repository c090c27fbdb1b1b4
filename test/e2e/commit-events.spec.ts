import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectList } from '../support/expect-answer.ts';
import { authorize, charge, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';
import { verified, WebhookReceiver } from '../support/webhook-receiver.ts';
import { deliverAll, makeEndpoint, type EndpointView } from '../support/webhook-steps.ts';

const COMMITTED = 'authorization.committed';

let service: TestService;
let other: TestInstance;
let receiver: WebhookReceiver;
let endpoints: EndpointView[];
beforeAll(async () => {
  service = await startTestService();
  other = await service.startAnother();
});
afterAll(() => service.stop());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  endpoints = [];
});
afterEach(async () => {
  for (const { id } of endpoints)
    await service.live.send({ method: 'DELETE', path: `/v1/webhook-endpoints/${id}`, headers: {} });
  await receiver.stop();
});

async function subscribe(terms: Readonly<Record<string, unknown>>): Promise<EndpointView> {
  const endpoint = await makeEndpoint(service.live, { url: receiver.url, ...terms });
  endpoints.push(endpoint);
  return endpoint;
}

async function countOf(account: string, type: string, client: ApiClient = service.live): Promise<number> {
  return expectList(await client.get(`/v1/events?account=${account}&type=${type}`)).data.length;
}

describe('authorization.committed', () => {
  it('is neither written nor sent unless an endpoint names it: all types don’t include it', async () => {
    await subscribe({});
    const account = await openAccount(service.live, { credits: '10' });
    await charge(service.live, account, '1');
    await deliverAll(service.pool);
    expect(await countOf(account, COMMITTED)).toBe(0);
  });

  it('is sent to the endpoints that name it, with the figures of the authorization, and to no other', async () => {
    const endpoint = await subscribe({ types: [COMMITTED] });
    await subscribe({});
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '4', { tags: { user: 'ada' } });
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '3' }, { key: 'once' });
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '3' }, { key: 'once' });
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '3' });
    await deliverAll(service.pool);
    const messages = receiver.received.filter(({ body }) => body.includes(`"${COMMITTED}"`));
    expect(messages.map((message) => verified(message, endpoint.secret).data)).toEqual([
      {
        account,
        sequence: 2,
        authorization: id,
        status: 'committed',
        amount: '4',
        held: '0',
        committed: '3',
        uncollected: '0',
        refunded: '0',
        overage: 'cap',
        late: false,
        tags: { user: 'ada' },
        balance: { posted: '7', held: '0', available: '7', unit: 'credits' },
      },
    ]);
  });

  it('follows an endpoint that is made, changed and deleted: in its own process at once, in others soon', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    const endpoint = await subscribe({ types: ['grant.created'] });
    const path = `/v1/webhook-endpoints/${endpoint.id}`;
    await charge(service.live, account, '1');
    await service.live.patch(path, { types: ['grant.created', COMMITTED] });
    await charge(service.live, account, '1');
    expect(await countOf(account, COMMITTED)).toBe(1);
    await eventually('the other process reports commits too', async () => {
      await charge(other.live, account, '1');
      return (await countOf(account, COMMITTED)) > 1;
    });
    await service.live.patch(path, { types: null });
    const before = await countOf(account, COMMITTED);
    await charge(service.live, account, '1');
    expect(await countOf(account, COMMITTED)).toBe(before);
  });

  it('is written, and not sent, while the endpoint that names it is disabled', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await subscribe({ types: [COMMITTED] });
    await service.live.patch(`/v1/webhook-endpoints/${id}`, { enabled: false });
    await charge(service.live, account, '1');
    await deliverAll(service.pool);
    expect(await countOf(account, COMMITTED)).toBe(1);
    expect(receiver.received).toEqual([]);
  });

  it('is written for one account only, where only an account’s own endpoint names it', async () => {
    const [own, others] = [
      await openAccount(service.live, { credits: '10' }),
      await openAccount(service.live, { credits: '10' }),
    ];
    await subscribe({ types: [COMMITTED], account: own });
    await charge(service.live, own, '1');
    await charge(service.live, others, '1');
    expect([await countOf(own, COMMITTED), await countOf(others, COMMITTED)]).toEqual([1, 0]);
  });
});

describe('usage.uncollected', () => {
  it('is sent to every endpoint, also of a late commit, with what is lost', async () => {
    const endpoint = await subscribe({});
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '8', { expires_in: 1 });
    await eventually('the hold has expired', async () => {
      const { body } = await service.live.get(`/v1/authorizations/${id}`);
      return (body as { status: string }).status === 'expired';
    });
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '12.5' });
    await deliverAll(service.pool);
    const messages = receiver.received.map((message) => verified(message, endpoint.secret));
    expect(messages.find(({ type }) => type === 'usage.uncollected')?.data).toMatchObject({
      account,
      authorization: id,
      required: '12.5',
      committed: '10',
      uncollected: '2.5',
      overage: 'cap',
      balance: { posted: '0', held: '0', available: '0', unit: 'credits' },
    });
  });
});
