import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DeliveryWorker } from '../faults/webhooks/delivery-worker.ts';
import { build } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { queuePlaces, type TestQueuePlace } from '../support/queue-places.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { answer, verified, WebhookReceiver } from '../support/webhook-receiver.ts';
import { makeEndpoint, writeEvent, type EndpointView } from '../support/webhook-steps.ts';

const TEST_MS_MAX = 180_000;
const RETRY_MS = 500;
/** The reconciler would take 30 s. */
const AT_ONCE_MS_MAX = 5_000;

describe.each(queuePlaces)('an endpoint, with queues on %s', (_, makePlace) => {
  let service: TestService;
  let place: TestQueuePlace;
  let receiver: WebhookReceiver;
  let worker: DeliveryWorker;
  let endpoint: EndpointView;

  beforeEach(async () => {
    await build();
    place = await makePlace();
    service = await startTestService();
    receiver = await WebhookReceiver.start();
    endpoint = await makeEndpoint(service.live, { url: receiver.url });
    const { databaseUrl } = service;
    const delaysMs = [0, ...Array.from({ length: 9 }, () => RETRY_MS)];
    worker = await DeliveryWorker.start({ queuePlace: place.place, databaseUrl, secretsKey: SECRETS_KEY, delaysMs });
  }, TEST_MS_MAX);
  afterEach(async () => {
    await worker.kill();
    await receiver.stop();
    await service.stop();
    await place.remove();
  }, TEST_MS_MAX);

  const change = async (changes: object): Promise<void> => {
    expect((await service.live.patch(`/v1/webhook-endpoints/${endpoint.id}`, changes)).status).toBe(200);
  };
  const arrival = async (count: number): Promise<void> => {
    const startedAt = Date.now();
    await eventually('it has arrived', () => Promise.resolve(receiver.received.length >= count));
    expect(Date.now() - startedAt).toBeLessThan(AT_ONCE_MS_MAX);
  };

  it(
    'that is enabled again gets at once what has waited for it',
    async () => {
      receiver.answering = answer(500);
      await writeEvent(service.pool);
      await arrival(1);
      await change({ enabled: false });
      await eventually('its retry is overdue', async () => {
        const { rowCount } = await service.pool.query(
          `select from webhook_deliveries where lease is null and next_attempt_at < now() - interval '2 s'`,
        );
        return rowCount === 1;
      });
      const { length } = receiver.received;
      receiver.answering = answer(200);
      await change({ enabled: true });
      await arrival(length + 1);
    },
    TEST_MS_MAX,
  );

  it(
    'with another URL and secret gets at once what is sent again',
    async () => {
      const event = await writeEvent(service.pool);
      await arrival(1);
      await change({ url: `${receiver.url}/new` });
      const { body } = await service.live.post(`/v1/webhook-endpoints/${endpoint.id}/roll-secret`, {});
      expect((await service.live.post(`/v1/events/${event}/redeliver`, {})).status).toBe(202);
      await arrival(2);
      const message = receiver.received.at(-1);
      if (!message) throw new Error('nothing arrived');
      expect(message.path).toBe('/hooks/new');
      expect(verified(message, (body as EndpointView).secret).type).toBe('grant.created');
    },
    TEST_MS_MAX,
  );
});
