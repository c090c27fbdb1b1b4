import { beforeAll, describe, expect, it } from '@jest/globals';
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

/** Two workers, one of which is killed again and again, and a receiver that notes what it has accepted. */
class TwoWorkers {
  isFailing = false;
  readonly acceptedAt: number[] = [];
  readonly acceptedIds: string[] = [];
  readonly #workers: DeliveryWorker[] = [];

  private constructor(
    private readonly cleanUp: AsyncDisposableStack,
    private readonly place: TestQueuePlace,
    readonly service: TestService,
    receiver: WebhookReceiver,
  ) {
    receiver.answering = (response, { id }) => {
      setTimeout(() => {
        response.writeHead(this.isFailing ? 500 : 204).end();
        if (this.isFailing) return;
        this.acceptedAt.push(Date.now());
        this.acceptedIds.push(id);
      }, RECEIVER_TAKES_MS);
    };
  }

  static async start(cleanUp: AsyncDisposableStack, makePlace: () => Promise<TestQueuePlace>): Promise<TwoWorkers> {
    const place = cleanUp.adopt(await makePlace(), (one) => one.remove());
    const service = cleanUp.adopt(await startTestService(), (one) => one.stop());
    const receiver = cleanUp.adopt(await WebhookReceiver.start(), (one) => one.stop());
    await makeEndpoint(service.live, { url: receiver.url });
    const two = new TwoWorkers(cleanUp, place, service, receiver);
    await two.#startOne();
    await two.#startOne();
    return two;
  }

  /** How many events were accepted more than once. */
  get acceptedTwice(): number {
    return this.acceptedIds.length - new Set(this.acceptedIds).size;
  }

  /**
   * Kills the one that has run for longer, and starts another when it was watched what that does.
   * @returns the longest time without a delivery meanwhile, in milliseconds
   */
  async killOne(): Promise<number> {
    const killedAt = Date.now();
    await this.#workers.shift()?.kill();
    await sleep(WATCHED_MS);
    const until = Date.now();
    await this.#startOne();
    const times = [killedAt, ...this.acceptedAt.filter((at) => at > killedAt && at < until), until];
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  }

  async #startOne(): Promise<void> {
    const { databaseUrl } = this.service;
    const terms = { queuePlace: this.place.place, databaseUrl, secretsKey: SECRETS_KEY };
    this.#workers.push(this.cleanUp.adopt(await DeliveryWorker.start(terms), (one) => one.kill()));
  }
}

function report(what: string, gaps: readonly number[], { acceptedTwice }: TwoWorkers): void {
  process.stderr.write(
    `${what}: longest times without a delivery, in ms: ${gaps.join(', ')}; ${String(acceptedTwice)} twice\n`,
  );
}

beforeAll(build, TEST_MS_MAX);

describe.each(queuePlaces)('one of two workers is killed, with queues on %s', (queues, makePlace) => {
  // Side by side: most of the time they watch.
  it.concurrent(
    'and no busy endpoint waits for longer than 5 s',
    async () => {
      await using cleanUp = new AsyncDisposableStack();
      const two = await TwoWorkers.start(cleanUp, makePlace);
      const quiet = new AbortController();
      const busy = (async () => {
        while (!quiet.signal.aborted) {
          await writeEvents(two.service.pool, NEW_EVENTS);
          await sleep(NEW_EVENTS_EVERY_MS);
        }
      })();
      const gaps: number[] = [];
      try {
        await eventually('messages arrive', () => Promise.resolve(two.acceptedAt.length > NEW_EVENTS));
        for (let round = 0; round < rounds; round++) gaps.push(await two.killOne());
      } finally {
        quiet.abort();
        await busy;
      }
      report(`a busy endpoint, with queues on ${queues}`, gaps, two);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(WITHOUT_DELIVERY_MS_MAX);
      // What the killed one had in progress, and nothing else.
      expect(two.acceptedTwice).toBeLessThanOrEqual(8 * rounds);
    },
    TEST_MS_MAX,
  );

  it.concurrent(
    'and 600 events that wait for a receiver that answers 500 at that time go on within 5 s',
    async () => {
      await using cleanUp = new AsyncDisposableStack();
      const two = await TwoWorkers.start(cleanUp, makePlace);
      const gaps: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const { length } = two.acceptedAt;
        await writeEvents(two.service.pool, WAITING);
        await eventually('messages arrive', () => Promise.resolve(two.acceptedAt.length > length + 16));
        two.isFailing = true;
        setTimeout(() => (two.isFailing = false), FAILING_MS);
        gaps.push(await two.killOne());
        await eventually('all have arrived', () =>
          Promise.resolve(new Set(two.acceptedIds).size === WAITING * (round + 1)),
        );
      }
      report(`600 events that wait, with queues on ${queues}`, gaps, two);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(WITHOUT_DELIVERY_MS_MAX);
      expect(two.acceptedTwice).toBeLessThanOrEqual(8 * rounds);
    },
    TEST_MS_MAX,
  );
});
