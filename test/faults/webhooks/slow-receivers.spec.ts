import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { queuePlaces, type TestQueuePlace } from '../../support/queue-places.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../../support/test-service.ts';
import { WebhookReceiver } from '../../support/webhook-receiver.ts';
import { makeEndpoint, writeEvent, writeEvents } from '../../support/webhook-steps.ts';
import { DeliveryWorker } from './delivery-worker.ts';

const TEST_MS_MAX = 180_000;
const ENDPOINTS = 9;
const WAITING = 40;
/** What is waited for longer than this is still measured, as every event that was written is waited for. */
const WATCHED_MS = 6_000;
const EVENTS_EVERY_MS = 200;
/** Without the nine it is a few tenths of a second; the rest is for a busy machine. */
const WITHOUT_DELIVERY_MS_MAX = 5_000;

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
const DRIPS = {
  'the body of an answer': { atOnce: HEAD, slowly: 'x'.repeat(1_000) },
  'the head of an answer': { atOnce: '', slowly: HEAD },
};

/** Answers every request with one byte a second, on a port of its own. */
class DrippingReceiver {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(this.drip.atOnce);
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(this.drip.slowly.charAt(sent));
        sent += 1;
      }, 1_000);
      socket.on('close', () => {
        clearInterval(timer);
        this.#sockets.delete(socket);
      });
    });
  });

  private constructor(private readonly drip: { readonly atOnce: string; readonly slowly: string }) {}

  static async start(drip: DrippingReceiver['drip']): Promise<DrippingReceiver> {
    const receiver = new DrippingReceiver(drip);
    await once(receiver.#server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/hooks`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe.each(queuePlaces)('nine endpoints that drip, with queues on %s', (_, makePlace) => {
  let place: TestQueuePlace;
  let service: TestService;
  let healthy: WebhookReceiver;
  let dripping: DrippingReceiver;
  let worker: DeliveryWorker;

  beforeEach(async () => {
    await build();
    place = await makePlace();
    service = await startTestService();
    healthy = await WebhookReceiver.start();
    const { databaseUrl } = service;
    worker = await DeliveryWorker.start({ queuePlace: place.place, databaseUrl, secretsKey: SECRETS_KEY });
  }, TEST_MS_MAX);
  afterEach(async () => {
    await worker.kill();
    dripping.stop();
    await healthy.stop();
    await service.stop();
    await place.remove();
  }, TEST_MS_MAX);

  describe.each(Object.entries(DRIPS))('%s', (_what, drip) => {
    it.each(['one account', 'nine accounts'])(
      'and belong to %s don’t keep messages from another customer',
      async (whose) => {
        dripping = await DrippingReceiver.start(drip);
        const accounts = Array.from(
          { length: whose === 'one account' ? 1 : ENDPOINTS },
          (_none, at) => `drip-${String(at)}`,
        );
        for (const account of [...accounts, 'acme']) await service.live.post('/v1/accounts', { id: account });
        await makeEndpoint(service.live, { url: healthy.url, account: 'acme' });
        for (let at = 0; at < ENDPOINTS; at++)
          await makeEndpoint(service.live, { url: dripping.url, account: accounts[at % accounts.length] });
        for (const account of accounts) await writeEvents(service.pool, WAITING, { account });
        const { withoutMs, lateMs } = await watch(healthy);
        process.stderr.write(
          `${expect.getState().currentTestName ?? ''}: at most ${String(withoutMs)} ms without a delivery, ${String(lateMs)} ms late\n`,
        );
        expect(withoutMs).toBeLessThanOrEqual(WITHOUT_DELIVERY_MS_MAX);
      },
      TEST_MS_MAX,
    );
  });

  /** Writes events for a healthy endpoint all the time. @returns the longest time without one, and how late one was at most */
  async function watch({ received }: WebhookReceiver): Promise<{ withoutMs: number; lateMs: number }> {
    const writtenAt = new Map<string, number>();
    const startedAt = Date.now();
    while (Date.now() < startedAt + WATCHED_MS) {
      writtenAt.set(await writeEvent(service.pool), Date.now());
      await sleep(EVENTS_EVERY_MS);
    }
    await eventually('every event has arrived', () => Promise.resolve(received.length >= writtenAt.size));
    const times = [startedAt, ...received.map(({ at }) => at)];
    return {
      withoutMs: Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0))),
      lateMs: Math.max(...received.map(({ id, at }) => at - (writtenAt.get(id) ?? 0))),
    };
  }
});
