import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount, ZERO, type Json } from '#amounts';
import { mergeUsages } from './merge-usages.ts';
import { priceUsages } from './price-usages.ts';
import { priceStep, type EarlierSteps } from './price-step.ts';
import type { PricedUsages } from './pricing.ts';
import { costOf, requestOf, TestCounters, termsOf, UNUSED, type Terms } from './testing/price-fixture.ts';
import { randomDiscount, randomPrices, randomUsage } from './testing/random-cards.ts';
import type { Usage } from './usage.ts';

const used = (quantities: Record<string, number | string>): Usage => ({ event: 'used', ...quantities });
const card = (...components: Json[]): Terms => ({ prices: [{ event: 'used', components }] });

/** Prices usage step by step: what each costs, and what was charged in excess at the end. */
function charge(
  terms: Terms,
  steps: readonly (Usage | readonly Usage[])[],
): { priced: readonly PricedUsages[]; excess: Amount } {
  const counters = new TestCounters();
  let before: EarlierSteps = { usages: [], excess: ZERO };
  const priced = steps.map((step) => {
    const request = requestOf(step);
    const pricing = priceStep(termsOf(terms), before, request, counters);
    if (!pricing.ok) throw new Error(`unpriced: ${pricing.unpriced.join()}`);
    counters.count(pricing.priced);
    before = { usages: mergeUsages(before.usages, request.usages), excess: pricing.excess };
    return pricing.priced;
  });
  return { priced, excess: before.excess };
}

function costs(terms: Terms, steps: readonly (Usage | readonly Usage[])[]): string[] {
  return charge(terms, steps).priced.map(({ amount }) => formatAmount(amount));
}

describe('a further step', () => {
  it('costs what all usage costs, less what came before', () => {
    const tiers = [
      { up_to: 10, amount: '10', flat: '2' },
      { amount: '5', flat: '3' },
    ];
    const terms = card({ quantity: 'units', pricing: 'graduated', tiers });
    expect(costs(terms, [used({ units: 9 }), used({ units: 1 }), used({ units: 1 })])).toEqual(['92', '10', '8']);
  });

  it('counts the request, its minimum and its flat amounts once', () => {
    const terms = card(
      { quantity: 'requests', amount: '3' },
      { quantity: 'fee', pricing: 'flat', amount: '7' },
      { quantity: 'tokens', amount: '1', minimum: '5' },
    );
    expect(costs(terms, [used({ fee: 1, tokens: 1 }), used({ fee: 1, tokens: 3 }), used({ tokens: 2 })])).toEqual([
      ...['15', '0', '1'],
    ]);
  });

  it('counts a request once by a counter too', () => {
    const terms = card({ quantity: 'requests', amount: '3', counted: 'month' }, { quantity: 'tokens', amount: '1' });
    const steps = charge(terms, [used({ tokens: 1 }), used({ tokens: 2 })]).priced;
    expect(steps.map(({ counts }) => counts.map(({ count }) => formatAmount(count)))).toEqual([['1'], []]);
    expect(costs(terms, [used({ tokens: 1 }), used({ tokens: 2 })])).toEqual(['4', '2']);
  });

  it('is unpriced where it is by itself: what came before gives it no price', () => {
    const before = { usages: [used({ tokens: 1 })], excess: ZERO };
    const step = (terms: Terms, usage: Usage): readonly number[] => {
      const pricing = priceStep(termsOf(terms), before, requestOf(usage), UNUSED);
      return pricing.ok ? [] : pricing.unpriced;
    };
    const terms = card({ quantity: 'tokens', amount: '1' });
    expect(step(terms, used({ images: 3 }))).toEqual([0]);
    expect(step(terms, used({ tokens: 0, images: 3 }))).toEqual([0]);
    expect(step(terms, used({ tokens: 0 }))).toEqual([]);
    expect(step(terms, { ...used({}), model: 'other' })).toEqual([0]);
    // An earlier step has said what was used, and this one nothing more.
    expect(step(terms, used({}))).toEqual([]);
    // Whatever it uses, the request is charged.
    expect(step(card({ quantity: 'requests', amount: '1' }), used({ images: 3 }))).toEqual([]);
  });

  it('is a request of its own by other model, provider or properties, and where a step has several', () => {
    const terms = card({ quantity: 'requests', amount: '3' });
    const hd = { ...used({}), properties: { size: 'hd', n: { a: 1, b: 2 } } };
    const same = { ...used({}), properties: { n: { b: 2, a: 1 }, size: 'hd' } };
    expect(costs(terms, [used({}), { ...used({}), model: 'a' }, hd, same])).toEqual(['3', '3', '3', '0']);
    expect(costs(terms, [used({}), [used({}), used({})], [used({}), used({}), used({})]])).toEqual(['3', '3', '3']);
  });

  it('never costs less than 0, and what was charged too much is set off against the next', () => {
    const tiers = [
      { up_to: 100, amount: '2', flat: '10' },
      { up_to: 200, amount: '1' },
      { amount: '0.5', flat: '50' },
    ];
    const terms = card({ quantity: 'units', pricing: 'volume', tiers });
    const steps = [100, 1, 99, 200, 100].map((units) => used({ units }));
    // All so far would cost 210, 101, 200, 250 and 300.
    expect(costs(terms, steps)).toEqual(['210', '0', '0', '40', '50']);
    expect(
      costs(terms, [
        used({ units: 100 }),
        used({ units: 1 }),
        [used({ units: 99 }), { event: 'used', model: 'b', units: 10 }],
      ]),
    ).toEqual([...['210', '0', '20']]);
  });

  it('reprices what came before where more input picks another rate', () => {
    const aboveContext = [{ input_tokens: 100, amount: '2' }];
    const terms = card({ quantity: 'input_tokens', amount: '1', above_context: aboveContext });
    expect(costs(terms, [used({ input_tokens: 60 }), used({ input_tokens: 60 })])).toEqual(['60', '180']);
  });

  it('has lines that add up, and all steps together cost what all usage does, and the excess', () => {
    const steps = fc.array(randomUsage, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(randomPrices({ counted: ['request'] }), randomDiscount, steps, (prices, discount, given) => {
        const terms = { prices, discount };
        const total = given.reduce<readonly Usage[]>((merged, step) => mergeUsages(merged, [step]), []);
        const isPriced = [...given, total].every((usage) => priceUsages(termsOf(terms), requestOf(usage), UNUSED).ok);
        if (!isPriced) return;
        const { priced, excess } = charge(terms, given);
        for (const { usages, amount } of priced) {
          const lines = usages.flatMap((usage) => usage.lines);
          expect(lines.every((line) => line.amount.gte(0))).toBe(true);
          expect(formatAmount(lines.reduce((sum, line) => sum.plus(line.amount), ZERO))).toBe(formatAmount(amount));
        }
        const charged = priced.reduce((sum, { amount }) => sum.plus(amount), new Amount(0));
        expect(formatAmount(charged.minus(excess))).toBe(costOf(terms, total));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('mergeUsages', () => {
  it('adds requests to the one that an earlier usage is', () => {
    expect(mergeUsages([used({ tokens: 1 })], [used({ requests: 2 })])).toEqual([used({ tokens: 1, requests: 3 })]);
    expect(mergeUsages([used({ requests: 2 })], [used({ tokens: 1 })])).toEqual([used({ tokens: 1, requests: 2 })]);
    const counted = ['request', 'month'].map((period) =>
      card({ quantity: 'requests', amount: '3', counted: period }, { quantity: 'tokens', amount: '1' }),
    );
    const steps = [used({ tokens: 1 }), used({ requests: 2 }), used({ requests: 0, tokens: 1 })];
    for (const terms of counted) expect(costs(terms, steps)).toEqual(['4', '6', '1']);
  });

  it('adds up quantities, exactly', () => {
    const first = used({ units: Number.MAX_SAFE_INTEGER, seconds: '0.1' });
    expect(mergeUsages([first], [used({ units: 1, seconds: '0.2', images: 2 }), { event: 'other' }])).toEqual([
      used({ units: '9007199254740992', seconds: '0.3', images: 2 }),
      { event: 'other' },
    ]);
    expect(mergeUsages([], [first])).toEqual([first]);
  });
});
