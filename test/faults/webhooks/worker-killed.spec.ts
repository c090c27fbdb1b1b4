import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { queuePlaces, type TestQueuePlace } from '../../support/queue-places.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../../support/test-service.ts';
import { WebhookReceiver } from '../../support/webhook-receiver.ts';
import { makeEndpoint, writeEvents } from '../../support/webhook-steps.ts';
import { rounds, TEST_MS_MAX } from '../rounds.ts';
import { DeliveryWorker } from './delivery-worker.ts';

const WITHOUT_DELIVERY_MS_MAX = 5_000;
/** Longer than any pause that a kill may cause. */
const WATCHED_MS = 8_000;
const FAILING_MS = 1_500;
const WAITING = 600;
/** With eight messages at a time, about 50 a second. */
const RECEIVER_TAKES_MS = 150;
const NEW_EVENTS = 4;
const NEW_EVENTS_EVERY_MS = 100;

describe.each(queuePlaces)('one of two workers is killed, with queues on %s', (_, makePlace) => {
  let place: TestQueuePlace;
  let service: TestService;
  let receiver: WebhookReceiver;
  let workers: DeliveryWorker[];
  let isFailing: boolean;
  let accepted: number[];
  let acceptedIds: string[];

  beforeEach(async () => {
    await build();
    place = await makePlace();
    service = await startTestService();
    receiver = await WebhookReceiver.start();
    isFailing = false;
    accepted = [];
    acceptedIds = [];
    receiver.answering = (response, { id }) => {
      setTimeout(() => {
        response.writeHead(isFailing ? 500 : 204).end();
        if (isFailing) return;
        accepted.push(Date.now());
        acceptedIds.push(id);
      }, RECEIVER_TAKES_MS);
    };
    await makeEndpoint(service.live, { url: receiver.url });
    workers = [await startWorker(), await startWorker()];
  }, TEST_MS_MAX);
  afterEach(async () => {
    for (const worker of workers) await worker.kill();
    await receiver.stop();
    await service.stop();
    await place.remove();
  }, TEST_MS_MAX);

  function startWorker(): Promise<DeliveryWorker> {
    const { databaseUrl } = service;
    return DeliveryWorker.start({ queuePlace: place.place, databaseUrl, secretsKey: SECRETS_KEY });
  }

  /** Kills the one that has run for longer, and starts another when it was watched what that does. */
  async function killOne(): Promise<number> {
    const killedAt = Date.now();
    await workers.shift()?.kill();
    await sleep(WATCHED_MS);
    const until = Date.now();
    workers.push(await startWorker());
    const times = [killedAt, ...accepted.filter((at) => at > killedAt && at < until), until];
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  }

  /** @returns how many events were accepted more than once */
  function acceptedTwice(): number {
    return acceptedIds.length - new Set(acceptedIds).size;
  }

  function report(gaps: readonly number[]): void {
    const [what, all] = [expect.getState().currentTestName ?? '', gaps.join(', ')];
    process.stderr.write(
      `${what}: longest times without a delivery, in ms: ${all}; ${String(acceptedTwice())} twice\n`,
    );
  }

  it(
    'and no busy endpoint waits for longer than 5 s',
    async () => {
      const quiet = new AbortController();
      const busy = (async () => {
        while (!quiet.signal.aborted) {
          await writeEvents(service.pool, NEW_EVENTS);
          await sleep(NEW_EVENTS_EVERY_MS);
        }
      })();
      await eventually('messages arrive', () => Promise.resolve(accepted.length > NEW_EVENTS));
      const gaps: number[] = [];
      for (let round = 0; round < rounds; round++) gaps.push(await killOne());
      quiet.abort();
      await busy;
      report(gaps);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(WITHOUT_DELIVERY_MS_MAX);
      // What the killed one had in progress, and nothing else.
      expect(acceptedTwice()).toBeLessThanOrEqual(8 * rounds);
    },
    TEST_MS_MAX,
  );

  it(
    'and 600 events that wait for a receiver that answers 500 at that time go on within 5 s',
    async () => {
      const gaps: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const { length } = accepted;
        await writeEvents(service.pool, WAITING);
        await eventually('messages arrive', () => Promise.resolve(accepted.length > length + 16));
        isFailing = true;
        setTimeout(() => (isFailing = false), FAILING_MS);
        gaps.push(await killOne());
        await eventually('all have arrived', () =>
          Promise.resolve(new Set(acceptedIds).size === WAITING * (round + 1)),
        );
      }
      report(gaps);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(WITHOUT_DELIVERY_MS_MAX);
      expect(acceptedTwice()).toBeLessThanOrEqual(8 * rounds);
    },
    TEST_MS_MAX,
  );
});
