import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { WebhookReceiver } from '../../../test/support/webhook-receiver.ts';
import { SendSlots } from '../sending/send-slots.ts';
import { requestIn, WebhookFixture } from '../testing/webhook-fixture.ts';
import { parseDeliveryId } from './delivery-ref.ts';
import { overdueDeliveries } from './overdue-deliveries.ts';

let fixture: WebhookFixture;
let receiver: WebhookReceiver;
beforeAll(async () => {
  fixture = await WebhookFixture.open();
});
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await fixture.pool.query('delete from webhook_deliveries');
  await fixture.pool.query('delete from webhook_endpoints');
});
afterAll(() => fixture.close());

const overdue = (limit = 100): Promise<string[]> => overdueDeliveries(fixture.pool, limit);
/** Lets everything be due for longer than a job takes to come. */
async function beOverdue(): Promise<void> {
  await fixture.pool.query(
    `update webhook_deliveries set next_attempt_at = now() - interval '1 s' where lease is null`,
  );
}

describe('an overdue delivery', () => {
  it('is found where its endpoint has a free slot, two of each endpoint, and not before a job can have come', async () => {
    await fixture.endpoint(receiver.url);
    await fixture.endpoint(receiver.url);
    await fixture.events(5);
    const ids = await fixture.relay();
    expect(await overdue()).toEqual([]);
    await beOverdue();
    const found = await overdue();
    expect(ids).toEqual(expect.arrayContaining(found));
    const endpoints = found.map((id) => parseDeliveryId(id).endpointId);
    expect([endpoints.length, new Set(endpoints).size]).toEqual([4, 2]);
    expect(await overdue(1)).toHaveLength(1);
  });

  it('waits while messages of its endpoint take all slots, and no longer when they are no longer renewed', async () => {
    await fixture.endpoint(receiver.url);
    await fixture.events(9);
    const [waiting = '', ...inProgress] = await fixture.relay();
    for (const id of inProgress) await fixture.claimAndDie(id);
    await beOverdue();
    expect(await overdue()).toEqual([]);
    expect((await fixture.attempt(waiting)).outcome).toBe('none');
    // Their process has renewed none for more than two seconds. Nobody sends these messages again yet.
    await fixture.pool.query(
      `update webhook_deliveries set next_attempt_at = now() + interval '1.9 s' where lease is not null`,
    );
    expect(await overdue()).toEqual([waiting]);
    expect((await fixture.attempt(waiting)).outcome).toBe('delivered');
  });

  it('is found as soon as its endpoint is enabled again, and not before', async () => {
    const { endpoint } = await fixture.endpoint(receiver.url);
    const id = await fixture.queued({ endpoint, secret: '' });
    await beOverdue();
    const enable = (enabled: boolean) =>
      fixture.endpoints.update(requestIn('live'), { id: endpoint.id, changes: { enabled } }, () => ({
        status: 200,
        body: '',
      }));
    await enable(false);
    expect(await overdue()).toEqual([]);
    await enable(true);
    expect(await overdue()).toEqual([id]);
  });
});

describe('a lease', () => {
  it('is renewed for as long as the receiver takes, so nobody else sends the message', async () => {
    const made = await fixture.endpoint(receiver.url);
    const leaseMs = 600;
    receiver.answering = (response) => setTimeout(() => response.end(), 5 * leaseMs);
    const id = await fixture.queued(made);
    const sending = fixture.attempt(id, { leaseMs });
    await eventually('it has arrived', () => Promise.resolve(receiver.received.length === 1));
    const sent = new AbortController();
    void sending.finally(() => {
      sent.abort();
    });
    // Another process, which would take it.
    const slots = new SendSlots();
    while (!sent.signal.aborted) await fixture.attempt(id, { leaseMs, slots });
    expect((await sending).outcome).toBe('delivered');
    expect(receiver.received).toHaveLength(1);
    expect(await fixture.delivery(made)).toMatchObject({ status: 'delivered', attemptCount: 1 });
  });
});
