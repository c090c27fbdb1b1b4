import { publicId } from '#ledger';
import { webhookPayload } from '#webhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { verified, WebhookReceiver } from '../../../test/support/webhook-receiver.ts';
import { publicIds, WebhookFixture } from '../testing/webhook-fixture.ts';
import { dueDeliveries } from './due-deliveries.ts';

/** Ten attempts and more, within seconds: a receiver that is down must be back before they are used up. */
const DELAYS_MS = [0, ...Array.from({ length: 30 }, (_, tries) => Math.min(500, 20 * 2 ** tries))];

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

/** Sends, and then its process dies: nobody writes down what came of it. */
async function sendAndDie(id: string): Promise<void> {
  const { url, ref, secrets, ...event } = await fixture.claimAndDie(id);
  const message = { id: publicId('event', ref.eventId), sentAt: Date.now(), body: webhookPayload(event) };
  const signedWith = secrets.map((sealed) => fixture.secrets.open(sealed, ref.endpointId));
  await fixture.sender.send(url, message, signedWith);
}

/** A worker: relays, attempts, comes back for what failed, and looks by state for what others have left. */
async function runWorker(isDone: () => boolean): Promise<void> {
  const underWay = new Set<Promise<void>>();
  while (!isDone()) {
    const ids = [...(await fixture.relay(50)), ...(await dueDeliveries(fixture.pool, 50))];
    const working = fixture.work(ids, { delaysMs: DELAYS_MS });
    underWay.add(working);
    void working.finally(() => underWay.delete(working));
    await sleep(50);
  }
  await Promise.all(underWay);
}

async function isEverythingDelivered(count: number): Promise<boolean> {
  const { rows } = await fixture.pool.query<{ delivered: number }>(
    `select count(*)::integer as delivered from webhook_deliveries where status = 'delivered'`,
  );
  return rows[0]?.delivered === count;
}

describe('a worker that dies after it has sent and before it has written that down', () => {
  it('is followed by one that sends again, under the same id, and by none that does so a third time', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    await sendAndDie(id);
    expect((await fixture.attempt(id)).outcome).toBe('none');
    await fixture.endLeases();
    expect((await fixture.attempt(id)).outcome).toBe('delivered');
    expect((await fixture.attempt(id)).outcome).toBe('none');
    expect(receiver.received).toHaveLength(2);
    expect(new Set(receiver.ids).size).toBe(1);
  });
});

describe('two workers, a receiver that fails a third of the time and is down for a while', () => {
  it('deliver every event, and none twice once it was taken', async () => {
    const made = await fixture.endpoint(receiver.url);
    const taken: string[] = [];
    const startedAt = Date.now();
    let count = 0;
    receiver.answering = (response, message) => {
      count += 1;
      const isDown = Date.now() - startedAt > 500 && Date.now() - startedAt < 1500;
      if (isDown) response.destroy();
      else if (count % 3 === 0) response.writeHead(503).end();
      else {
        verified(message, made.secret);
        taken.push(message.id);
        response.end();
      }
    };
    let done = false;
    const workers = [runWorker(() => done), runWorker(() => done)];
    const events: string[] = [];
    for (let batch = 0; batch < 20; batch++) {
      events.push(...(await fixture.events(10)));
      await sleep(50);
    }
    while (!(await isEverythingDelivered(events.length))) await sleep(50);
    done = true;
    await Promise.all(workers);
    expect(taken.sort()).toEqual(publicIds(events));
    expect(receiver.received.length).toBeGreaterThan(events.length * 1.2);
  });

  it('send what a third one had under way when it died, at most a second time', async () => {
    const made = await fixture.endpoint(receiver.url);
    const events = await fixture.events(60);
    for (const id of (await fixture.relay()).slice(0, 8)) await sendAndDie(id);
    const lost = receiver.ids;
    await fixture.endLeases();
    let done = false;
    const workers = [runWorker(() => done), runWorker(() => done)];
    while (!(await isEverythingDelivered(events.length))) await sleep(50);
    done = true;
    await Promise.all(workers);
    expect(receiver.ids).toEqual([...publicIds(events), ...lost].sort());
    expect((await fixture.deliveries(made)).every(({ attemptCount }) => attemptCount === 1)).toBe(true);
  });
});
