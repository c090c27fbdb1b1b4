import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeBudget } from '../support/budget-steps.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';
import { verified, WebhookReceiver, type WebhookPayload } from '../support/webhook-receiver.ts';
import { deliverAll, makeEndpoint, type EndpointView } from '../support/webhook-steps.ts';

let service: TestService;
let second: TestInstance;
let receiver: WebhookReceiver;
let endpoint: EndpointView;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
  receiver = await WebhookReceiver.start();
  const types = ['budget.threshold_reached', 'budget.exceeded'];
  endpoint = await makeEndpoint(service.live, { url: receiver.url, types });
});
afterAll(async () => {
  await receiver.stop();
  await service.stop();
});

/** In the order in which they happened: they may arrive in another. */
async function messagesAbout(account: string): Promise<WebhookPayload[]> {
  await deliverAll(service.pool);
  const messages = receiver.received.map((message) => verified(message, endpoint.secret));
  return messages
    .filter(({ data }) => (data as { account: string }).account === account)
    .sort((a, b) => sequenceOf(a) - sequenceOf(b));
}

function sequenceOf({ data }: WebhookPayload): number {
  return (data as { sequence: number }).sequence;
}

describe('alerts of a budget', () => {
  it('arrive by webhook, once each, however many requests reach them at once', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    await makeBudget(service.live, account, 'day', { amount: '10', mode: 'soft', thresholds: [50, 100] });
    await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        (at % 2 === 0 ? service : second).live.post('/v1/charges', { account, amount: '0.5' }),
      ),
    );
    const messages = await messagesAbout(account);
    const crossed = messages.flatMap(({ data }) => (data as { crossed?: number[] }).crossed ?? []);
    expect(crossed.toSorted((a, b) => a - b)).toEqual([50, 100]);
    expect(messages.filter(({ type }) => type === 'budget.exceeded')).toHaveLength(1);
  });

  it('say whose budget it is, and how much of it is spent', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    const terms = { amount: '20', expected: '10', per: 'user', thresholds: [80, 150] };
    const { id } = await makeBudget(service.live, account, 'user', terms);
    const spend = (amount: string, user: string) =>
      service.live.post('/v1/charges', { account, amount, tags: { user } });
    await spend('8', 'ann');
    await spend('7', 'bob');
    await spend('8', 'ann');
    const messages = await messagesAbout(account);
    expect(messages.map(({ type }) => type)).toEqual(['budget.threshold_reached', 'budget.threshold_reached']);
    expect(messages[0]?.data).toMatchObject({
      budget: id,
      name: 'user',
      value: 'ann',
      spent: '8',
      limit: '20',
      percent: 80,
      crossed: [80],
      used_percent: '80',
    });
    expect(messages[1]?.data).toMatchObject({ value: 'ann', spent: '16', percent: 150, crossed: [150] });
  });

  it('come from what is held only once it is committed', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    await makeBudget(service.live, account, 'day', { amount: '10' });
    const { body } = await service.live.post('/v1/authorizations', { account, amount: '9' });
    expect(await messagesAbout(account)).toEqual([]);
    await service.live.post(`/v1/authorizations/${(body as { id: string }).id}/commit`, { amount: '11' });
    const messages = await messagesAbout(account);
    expect(messages.map(({ type, data }) => [type, (data as { crossed?: number[] }).crossed])).toEqual([
      ['budget.threshold_reached', [50, 75, 90, 100]],
      ['budget.exceeded', undefined],
    ]);
  });
});
