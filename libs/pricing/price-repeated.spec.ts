import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAmount, ZERO } from '#amounts';
import { priceRepeatedUsages, type RepeatedUsage } from './price-repeated.ts';
import { priceUsages } from './price-usages.ts';
import type { PricedUsages, Pricing } from './pricing.ts';
import { requestOf, standing, termsOf, UNUSED } from './testing/price-fixture.ts';

const PRICES = [
  {
    event: 'chat',
    components: [
      { quantity: 'input_tokens', per: '1000', amount: '0.03', above_context: [{ input_tokens: 900, amount: '0.04' }] },
      {
        quantity: 'output_tokens',
        pricing: 'graduated',
        tiers: [{ up_to: 1000, amount: '0.5', flat: '2' }, { up_to: 5000, amount: '0.25' }, { amount: '0.125' }],
        counted: 'month',
      },
      { quantity: 'requests', pricing: 'package', per: 7, amount: '3', included: '5', counted: 'total' },
    ],
    multipliers: [{ match: { batch: true }, by: '0.5' }],
  },
  { event: 'page', components: [{ quantity: 'pages', amount: '1', minimum: '3' }] },
];

const TERMS = termsOf({ prices: PRICES, discount: '0.2' });

function priced(pricing: Pricing): PricedUsages {
  if (!pricing.ok) throw new Error(`unpriced: ${pricing.unpriced.join()}`);
  return pricing.priced;
}

const repeat = (usages: readonly RepeatedUsage[], positions = UNUSED) =>
  priceRepeatedUsages(TERMS, { ...requestOf([]), usages }, positions);

describe('usages that repeat', () => {
  it('cost what as many requests cost, one after the other', () => {
    const usage = fc.oneof(
      fc.record({
        event: fc.constant('chat'),
        input_tokens: fc.integer({ min: 0, max: 1200 }),
        output_tokens: fc.integer({ min: 0, max: 300 }),
        properties: fc.record({ batch: fc.boolean() }),
      }),
      fc.record({ event: fc.constant('page'), pages: fc.integer({ min: 0, max: 5 }) }),
    );
    const usages = fc.array(fc.record({ usage, times: fc.integer({ min: 1, max: 30 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(usages, fc.integer({ min: 0, max: 6000 }), (repeated, used) => {
        const each = repeated.flatMap(({ usage: one, times }) => Array.from({ length: times }, () => one));
        const together = priced(repeat(repeated, standing(used)));
        const oneByOne = priced(priceUsages(TERMS, requestOf(each), standing(used)));
        expect(formatAmount(together.amount)).toBe(formatAmount(oneByOne.amount));
        const sum = together.usages.flatMap(({ lines }) => lines).reduce((all, { amount }) => all.plus(amount), ZERO);
        expect(formatAmount(sum)).toBe(formatAmount(together.amount));
        expect(together.counts.map(({ count }) => formatAmount(count))).toEqual(
          oneByOne.counts.map(({ count }) => formatAmount(count)),
        );
      }),
    );
  });

  it('are priced as soon for a million requests as for one', () => {
    const usage = { event: 'chat', input_tokens: 600, output_tokens: 150 };
    const { amount } = priced(repeat([{ usage, times: 1_000_000 }]));
    // Before the discount: 18 000 for the input, 18 750 877 for the output, and 142 857 packages of 7 requests.
    expect(formatAmount(amount)).toBe('15357958.4');
  });

  it('are unpriced by their index in the list', () => {
    const pricing = repeat([
      { usage: { event: 'page', pages: 1 }, times: 2 },
      { usage: { event: 'song', seconds: 1 }, times: 2 },
    ]);
    expect(pricing).toMatchObject({ ok: false, unpriced: [1] });
  });
});
