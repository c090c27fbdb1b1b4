import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { openAccount } from '../../support/ledger-steps.ts';
import { queuePlaces } from '../../support/queue-places.ts';
import { TEST_MS_MAX } from '../rounds.ts';
import { PaymentScene, type Work } from './payment-scene.ts';

/** A worker asks for so many payments at once. */
const CONCURRENCY = 16;
const BEGINS_WITHIN_MS = 1_000;

beforeAll(build, TEST_MS_MAX);

describe.each(queuePlaces)('a provider, with queues on %s', (_, makePlace) => {
  const cleanUp = new AsyncDisposableStack();
  let scene: PaymentScene;
  beforeAll(async () => {
    scene = await PaymentScene.prepare(cleanUp, makePlace);
    await scene.service.test.put('/v1/settings', { price_per_credit: '0.1', currency: 'USD' });
    await scene.startWorker();
  }, TEST_MS_MAX);
  afterAll(() => cleanUp.disposeAsync(), TEST_MS_MAX);

  async function beginAll(count: number): Promise<Work[]> {
    return Promise.all(Array.from({ length: count }, () => scene.begin()));
  }

  async function allRecorded(works: readonly Work[]): Promise<void> {
    await eventually('all are paid', async () => (await scene.recorded(works)) === works.length);
  }

  function expectChargedOnce(works: readonly Work[]): void {
    expect(works.map(({ key }) => scene.stripe.charges(key))).toEqual(works.map(() => 1));
  }

  it(
    'is asked for an auto top-up within a second after it has fired',
    async () => {
      const rule = { threshold: '20', amount: '100', provider: 'stripe', payment_method: 'pm_card_visa' };
      const delays: number[] = [];
      for (let time = 0; time < 5; time++) {
        const account = await openAccount(scene.service.test);
        const answer = await scene.service.test.put(`/v1/accounts/${account}/auto-topup`, rule);
        const firedAt = Date.now();
        const { under_way: topup } = answer.body as { readonly under_way: string };
        const key = topup.replace('top_', 'purchase_');
        const call = () => scene.provider.calls.find((one) => one.key === key);
        await eventually('the provider is asked', () => Promise.resolve(call() !== undefined));
        delays.push((call()?.at ?? Infinity) - firedAt);
      }
      // A machine that is busy with something else may be late once.
      const [, , median] = delays.toSorted((one, other) => one - other);
      expect(median).toBeLessThanOrEqual(BEGINS_WITHIN_MS);
    },
    TEST_MS_MAX,
  );

  it(
    'that is slow with one payment holds up no other, and is asked for so many at once',
    async () => {
      const [slow] = await beginAll(1);
      if (!slow) throw new Error('There is a slow one');
      const call = scene.provider.hold(slow.key, 'answer');
      const quick = await beginAll(200);
      await allRecorded(quick);
      expectChargedOnce(quick);
      await call.reached;
      expect(await scene.isRecorded(slow)).toBe(false);
      expect(scene.provider.mostAtOnce).toBeGreaterThan(1);
      expect(scene.provider.mostAtOnce).toBeLessThanOrEqual(CONCURRENCY);
      call.release();
      await allRecorded([slow]);
      expectChargedOnce([slow]);
      // Its lease was renewed meanwhile, so nobody else has asked for it.
      expect(scene.provider.calls.filter(({ key }) => key === slow.key)).toHaveLength(1);
    },
    TEST_MS_MAX,
  );

  it(
    'that is away for a while is asked less and less often, and has charged all once when it is back',
    async () => {
      scene.provider.isAway = true;
      const works = await beginAll(10);
      const callsFor = ({ key }: Work) => scene.provider.calls.filter((one) => one.key === key);
      // The SDK repeats a call once by itself.
      await eventually('each was tried twice', () => Promise.resolve(works.every((one) => callsFor(one).length >= 4)));
      expect(await scene.recorded(works)).toBe(0);
      scene.provider.isAway = false;
      await allRecorded(works);
      expectChargedOnce(works);
      for (const work of works) {
        const [first, second] = callsFor(work).filter((_call, at) => at % 2 === 0);
        expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(900);
      }
    },
    TEST_MS_MAX,
  );
});
