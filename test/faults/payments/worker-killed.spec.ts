import { accountKeyOf } from '#ledger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { queuePlaces } from '../../support/queue-places.ts';
import { TEST_MS_MAX } from '../rounds.ts';
import type { HeldCall, HoldingPoint } from './held-provider.ts';
import { PaymentScene, type PurchaseEnd, type Work } from './payment-scene.ts';

beforeAll(build, TEST_MS_MAX);

/** Called when the worker is dead. */
type Afterwards = () => Promise<void> | void;

/** Where a worker is killed. */
interface Crash {
  readonly where: string;
  readonly heldAt: HoldingPoint;
  /** Brings the worker further, where it isn't there yet. */
  readonly goOn?: (scene: PaymentScene, work: Work, call: HeldCall) => Promise<Afterwards>;
}

/** Rows are locked last: whoever waits for one keeps a connection of the worker busy. */
const CRASHES: readonly Crash[] = [
  { where: 'before the provider has got its call', heldAt: 'request' },
  { where: 'after the provider has moved the money, and before its answer arrives', heldAt: 'answer' },
  {
    where: 'when the answer was lost, and it has asked again',
    heldAt: 'answer',
    goOn: async ({ provider }, { key }, call) => {
      const again = provider.hold(key, 'answer');
      call.drop();
      await again.reached;
      return () => again.drop();
    },
  },
  {
    where: 'while the webhook arrives before the answer',
    heldAt: 'answer',
    goOn: async (scene, work, call) => {
      await scene.report(work);
      expect(await scene.isRecorded(work)).toBe(true);
      return () => call.drop();
    },
  },
  {
    where: 'between the provider’s answer and the ledger',
    heldAt: 'answer',
    goOn: async (scene, { purchase }, call) => {
      const lock = await scene.lockRow('accounts where account_id = $1', [accountKeyOf(purchase)]);
      call.release();
      await eventually('the ledger waits for the account', () => lock.isAwaited());
      return () => lock.release();
    },
  },
  {
    where: 'after the ledger has it, and before that is written down',
    heldAt: 'answer',
    goOn: async (scene, work, call) => {
      const row = 'payment_attempts where account_id = $1 and id = $2';
      const lock = await scene.lockRow(row, [accountKeyOf(work.purchase), work.id]);
      call.release();
      await eventually('it is in the ledger', () => scene.isRecorded(work));
      return () => lock.release();
    },
  },
];

const PAID: PurchaseEnd = {
  status: 'succeeded',
  charges: 1,
  refunds: 0,
  refunded: 0,
  grants: 1,
  posted: '100',
  events: ['topup.succeeded'],
  attempts: 0,
};
const REFUNDED: PurchaseEnd = {
  ...PAID,
  refunds: 1,
  refunded: 400,
  posted: '60',
  events: ['topup.succeeded', 'payment.refunded pending', 'payment.refunded succeeded'],
};

/** What is begun, and how it ends, wherever a worker is killed. */
const WORKS = [
  ['collects a payment', (scene: PaymentScene) => scene.begin(), PAID],
  ['returns a refund', (scene: PaymentScene) => scene.beginRefund(), REFUNDED],
] as const;

const CASES = CRASHES.flatMap((crash) => WORKS.map(([what, begin, end]) => ({ ...crash, what, begin, end })));

describe.each(queuePlaces)('a worker is killed, with queues on %s', (_, makePlace) => {
  const cleanUp = new AsyncDisposableStack();
  let scene: PaymentScene;
  const works = new Map<(typeof CASES)[number], Work>();

  // One worker is killed with all of it in its hands, each at another point.
  beforeAll(async () => {
    scene = await PaymentScene.prepare(cleanUp, makePlace);
    for (const one of CASES) works.set(one, await one.begin(scene));
    const calls = [...works].map(([one, work]) => ({ ...one, work, call: scene.provider.hold(work.key, one.heldAt) }));
    await scene.startWorker();
    await Promise.all(calls.map(({ call }) => call.reached));
    const afterwards: Afterwards[] = [];
    for (const { goOn, work, call } of calls) {
      afterwards.push(goOn ? await goOn(scene, work, call) : () => call.drop());
    }
    await scene.killWorker();
    for (const after of afterwards) await after();
    await scene.startWorker();
  }, TEST_MS_MAX);
  afterAll(() => cleanUp.disposeAsync(), TEST_MS_MAX);

  it.each(CASES)(
    'that $what, $where: money and credits move once',
    async (one) => {
      const work = works.get(one);
      if (!work) throw new Error('It was never begun');
      expect(await scene.settled(work)).toEqual(one.end);
      // Whatever Stripe has to say of it, twice.
      for (let time = 0; time < 2; time++) await scene.report(work);
      expect(await scene.endOf(work)).toEqual(one.end);
    },
    TEST_MS_MAX,
  );
});
