import type { PoolClient } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { queuePlaces } from '../../support/queue-places.ts';
import { TEST_MS_MAX } from '../rounds.ts';
import { ONCE, PaymentScene } from './payment-scene.ts';

beforeAll(build, TEST_MS_MAX);

/** Locks a row until the end of what is done meanwhile. */
async function whileLocked(scene: PaymentScene, lock: string, id: string, work: () => Promise<void>): Promise<void> {
  const client: PoolClient = await scene.service.pool.connect();
  try {
    await client.query('begin');
    await client.query(lock, [id]);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const ACCOUNT = 'select from accounts where account_id = (select account_id from purchases where id = $1) for update';
const ATTEMPT = 'select from payment_attempts where id = $1 for update';

async function isWaitingForLock(scene: PaymentScene): Promise<boolean> {
  const { rows } = await scene.service.pool.query<{ waiting: boolean }>(
    `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`,
  );
  return rows[0]?.waiting === true;
}

/** Where a worker is killed: what happens from the beginning of a purchase until the worker is dead. */
const CRASHES: readonly (readonly [name: string, until: (scene: PaymentScene) => Promise<string>])[] = [
  [
    'before the provider has got its call',
    async (scene) => {
      const call = scene.provider.holdNext('request');
      const purchase = await scene.begin();
      await call.reached;
      await scene.killWorker();
      call.drop();
      return purchase;
    },
  ],
  [
    'after the provider has taken the money, and before its answer arrives',
    async (scene) => {
      const call = scene.provider.holdNext('answer');
      const purchase = await scene.begin();
      await call.reached;
      await scene.killWorker();
      call.drop();
      return purchase;
    },
  ],
  [
    'when the answer was lost, and it has asked again',
    async (scene) => {
      const call = scene.provider.holdNext('answer');
      const purchase = await scene.begin();
      await call.reached;
      const again = scene.provider.holdNext('answer');
      call.drop();
      await again.reached;
      await scene.killWorker();
      again.drop();
      return purchase;
    },
  ],
  [
    'while the webhook arrives before the answer',
    async (scene) => {
      const call = scene.provider.holdNext('answer');
      const purchase = await scene.begin();
      await call.reached;
      expect(await scene.report()).toEqual(scene.stripe.events.map(() => 200));
      expect((await scene.endOf(purchase)).status).toBe('succeeded');
      await scene.killWorker();
      call.drop();
      return purchase;
    },
  ],
  [
    'between the provider’s answer and the ledger',
    async (scene) => {
      const call = scene.provider.holdNext('answer');
      const purchase = await scene.begin();
      await call.reached;
      await whileLocked(scene, ACCOUNT, purchase, async () => {
        call.release();
        await eventually('the ledger waits for the account', () => isWaitingForLock(scene));
        await scene.killWorker();
      });
      return purchase;
    },
  ],
  [
    'after the ledger has it, and before that is written down',
    async (scene) => {
      const call = scene.provider.holdNext('answer');
      const purchase = await scene.begin();
      await call.reached;
      await whileLocked(scene, ATTEMPT, purchase, async () => {
        call.release();
        await eventually('it is in the ledger', async () => (await scene.endOf(purchase)).status === 'succeeded');
        await scene.killWorker();
      });
      return purchase;
    },
  ],
];

describe.each(queuePlaces)('a worker that collects a payment is killed, with queues on %s', (_, makePlace) => {
  const cleanUp = new AsyncDisposableStack();
  let scene: PaymentScene;
  beforeAll(async () => {
    scene = await PaymentScene.prepare(cleanUp, makePlace);
    await scene.startWorker();
  }, TEST_MS_MAX);
  afterAll(() => cleanUp.disposeAsync(), TEST_MS_MAX);

  // One after the other, so that each worker that takes over is the next one to be killed.
  it.each(CRASHES)(
    '%s, and the customer is charged once and granted once',
    async (_name, until) => {
      const purchase = await until(scene);
      await scene.startWorker();
      expect(await scene.settled(purchase)).toEqual(ONCE);
      // Whatever Stripe has to say of it, twice.
      for (let time = 0; time < 2; time++) expect(await scene.report()).toEqual(scene.stripe.events.map(() => 200));
      expect(await scene.endOf(purchase)).toEqual(ONCE);
    },
    TEST_MS_MAX,
  );
});
