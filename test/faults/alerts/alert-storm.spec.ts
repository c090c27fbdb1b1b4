import { publicId } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../support/build.ts';
import { queuePlaces, type TestQueuePlace } from '../../support/queue-places.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../../support/test-service.ts';
import { answer, verified, WebhookReceiver, type ReceivedMessage } from '../../support/webhook-receiver.ts';
import { makeEndpoint, type EndpointView } from '../../support/webhook-steps.ts';
import { DeliveryWorker } from '../webhooks/delivery-worker.ts';
import { predictedEvents, type Predicted } from './predicted-events.ts';

/** `ALERT_COMMITS=10000 ALERT_CALLERS=500 ALERT_ACCOUNTS=100` is the storm in full. */
const { ALERT_COMMITS = '1000', ALERT_CALLERS = '50', ALERT_ACCOUNTS = '10' } = process.env;
const commits = Number(ALERT_COMMITS);
const callers = Number(ALERT_CALLERS);
const accounts = Array.from({ length: Number(ALERT_ACCOUNTS) }, (_, at) => `acme-${String(at)}`);
const TEST_MS_MAX = 120_000 + commits * 60;

/**
 * Instead of seconds, minutes and hours. Six attempts fit into the time that the receiver is down, and it may refuse two before
 * and two after it.
 */
const DELAYS_MS = [0, 50, 100, 200, 400, 800, 1600, 3200, 6400, 6400, 6400];
const REFUSALS_MAX = 2;

describe.each(queuePlaces)('a storm of commits, with queues on %s', (_, makePlace) => {
  let service: TestService;
  let place: TestQueuePlace;
  let receiver: WebhookReceiver;
  let endpoint: EndpointView;
  let worker: DeliveryWorker;
  let workerSaid = '';

  beforeEach(async () => {
    await build();
    place = await makePlace();
    service = await startTestService();
    receiver = await WebhookReceiver.start();
    endpoint = await makeEndpoint(service.live, {
      url: receiver.url,
      types: ['balance.threshold_reached', 'balance.exhausted'],
    });
    await startWorker();
  }, TEST_MS_MAX);
  afterEach(async () => {
    await killWorker();
    await receiver.stop();
    await service.stop();
    await place.remove();
  }, TEST_MS_MAX);

  async function startWorker(): Promise<void> {
    const { place: queuePlace } = place;
    const { databaseUrl } = service;
    worker = await DeliveryWorker.start({ queuePlace, databaseUrl, secretsKey: SECRETS_KEY, delaysMs: DELAYS_MS });
  }

  async function killWorker(): Promise<void> {
    await worker.kill();
    workerSaid += worker.log;
  }

  /** Spends an account's 100 credits by holds and commits, until nothing is left. */
  async function storm(): Promise<void> {
    const share = ((accounts.length * 100) / commits).toFixed(6);
    let left = commits;
    const call = async (at: number): Promise<void> => {
      for (let turn = at; left > 0; turn += callers) {
        left -= 1;
        await pay(accounts[turn % accounts.length] ?? '', share);
      }
    };
    await Promise.all(Array.from({ length: callers }, (_none, at) => call(at)));
    for (const account of accounts) await payRest(account);
  }

  async function pay(account: string, amount: string): Promise<void> {
    const held = await service.live.post('/v1/authorizations', { account, amount });
    if (held.status === 402) return;
    const { id } = held.body as { id: string };
    const { status } = await service.live.post(`/v1/authorizations/${id}/commit`, {});
    expect(status).toBe(200);
  }

  async function payRest(account: string): Promise<void> {
    const { body } = await service.live.get(`/v1/accounts/${account}/balance`);
    const { available } = body as { available: string };
    if (available !== '0') await pay(account, available);
  }

  it(
    'is told by exactly the events that the rules predict, each of which arrives, whatever happens to receiver, worker and queues',
    async () => {
      for (const id of accounts) {
        await service.live.post('/v1/accounts', { id });
        await service.live.post(`/v1/accounts/${id}/grants`, { amount: '100' });
      }
      receiver.answering = failingAThird(answer(500));
      const raging = storm();
      for (let round = 0; round < 3; round += 1) {
        const { length } = receiver.received;
        // On a fast machine everything may have arrived before.
        await within(1000, () => receiver.received.length > length);
        await killWorker();
        await startWorker();
        if (round === 1) await place.empty();
      }
      // Down, in the middle of it: connections are taken and cut.
      receiver.answering = (response) => response.destroy();
      await sleep(1500);
      receiver.answering = failingAThird(answer(503));
      await raging;

      const predicted = await predictedEvents(service.pool);
      expect(predicted.length).toBeGreaterThanOrEqual(accounts.length * 2);
      const told = await service.pool.query<StoredRow>(
        `select id, data, type from events where type in ('balance.threshold_reached', 'balance.exhausted')`,
      );
      expect(told.rows.map(({ type, data }) => asPredicted(type, data)).sort(byText)).toEqual(predicted.sort(byText));

      const wanted = told.rows.map(({ id }) => publicId('event', id)).sort();
      await within(60_000, () => deliveredOf(receiver).size === wanted.length);
      expect([...deliveredOf(receiver).keys()].sort()).toEqual(wanted);
      for (const message of deliveredOf(receiver).values()) {
        const { type, data } = verified(message, endpoint.secret);
        const row = told.rows.find(({ id }) => publicId('event', id) === message.id);
        expect({ type, data }).toEqual({ type: row?.type, data: row?.data });
      }
      // One that had arrived when its worker was killed is sent again, after its lease.
      for (const end = Date.now() + 60_000; (await undelivered()) !== '0' && Date.now() < end;) await sleep(100);
      expect(await undelivered()).toBe('0');
      process.stderr.write(
        `${String(wanted.length)} events, ${String(receiver.received.length)} messages; said by workers: ${(workerSaid + worker.log).trim() || 'nothing'}\n`,
      );
    },
    TEST_MS_MAX,
  );

  async function undelivered(): Promise<string | undefined> {
    const { rows } = await service.pool.query<{ count: string }>(
      `select count(*) from webhook_deliveries where status <> 'delivered'`,
    );
    return rows[0]?.count;
  }
});

interface StoredRow {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly balance: { readonly posted: string } };
}

function asPredicted(type: string, { account, crossed = [], epoch, balance }: StoredRow['data']): Predicted {
  return { account, type, crossed, epoch, posted: balance.posted } as Predicted;
}

const ACCEPTED = new WeakSet<ReceivedMessage>();

/** A message is refused with a chance of a third, and no more than twice, so that none runs out of attempts. */
function failingAThird(fail: WebhookReceiver['answering']): WebhookReceiver['answering'] {
  const refusals = new Map<string, number>();
  return (response, message) => {
    const refused = refusals.get(message.id) ?? 0;
    if (refused < REFUSALS_MAX && Math.random() < 1 / 3) {
      refusals.set(message.id, refused + 1);
      fail(response, message);
    } else {
      ACCEPTED.add(message);
      response.end('thank you');
    }
  };
}

/** The first message of each event that was answered with a yes. */
function deliveredOf(receiver: WebhookReceiver): ReadonlyMap<string, ReceivedMessage> {
  const delivered = new Map<string, ReceivedMessage>();
  for (const message of receiver.received) {
    if (ACCEPTED.has(message) && !delivered.has(message.id)) delivered.set(message.id, message);
  }
  return delivered;
}

async function within(milliseconds: number, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!isSo() && Date.now() < deadline) await sleep(50);
}

function byText(a: Predicted, b: Predicted): number {
  const text = ({ account, type, posted }: Predicted): string => `${account} ${posted} ${type}`;
  return text(a) < text(b) ? -1 : 1;
}
