import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount, ZERO } from '#amounts';
import { boundUsages } from './bound-usages.ts';
import { readPrices } from './parse-prices.ts';
import { priceUsages } from './price-usages.ts';
import type { Positions } from './pricing.ts';
import { costOf, holdFor, requestOf, standing, termsOf } from './testing/price-fixture.ts';
import type { Usage } from './usage.ts';
import {
  MAX_OUTPUT_TOKENS,
  randomBounded,
  randomComponent,
  randomDiscount,
  randomPrices,
  randomTime,
} from './testing/random-cards.ts';

const RUNS = 10_000;

/** Every counter somewhere between what is used and what is reserved beyond. */
function moved(used: number, reserved: number, seed: number): Positions {
  const shift = (id: string): number => (parseInt(id.slice(0, 6), 16) + seed) % (reserved + 1);
  return { ...standing(used, reserved), used: ({ id }) => new Amount(used + shift(id)) };
}

describe('a bound', () => {
  it('is never less than what usage within it costs, wherever counters stand by then', () => {
    const circumstances = fc.record({
      prices: randomPrices(),
      discount: randomDiscount,
      at: randomTime,
      usages: fc.array(randomBounded, { minLength: 1, maxLength: 3 }),
      used: fc.nat(70),
      reserved: fc.nat(20),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(circumstances, ({ prices, discount, at, usages, used, reserved, seed }) => {
        const terms = termsOf({ prices, discount });
        const given = { at, maxOutputTokens: MAX_OUTPUT_TOKENS };
        const request = requestOf(
          usages.map(({ stated }) => stated),
          given,
        );
        const bound = boundUsages(terms, request, standing(used, reserved));
        const commit = requestOf(
          usages.map(({ became }) => became),
          given,
        );
        const cost = priceUsages(terms, commit, moved(used, reserved, seed));
        if (!bound.ok || !cost.ok) return;
        expect(cost.priced.amount.lte(bound.amount)).toBe(true);
        for (const { counter, count } of cost.priced.counts) {
          const reservation = bound.counts.find((one) => one.counter.id === counter.id);
          expect(reservation?.count.gte(count)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is for one component exactly the highest price of all quantities up to it', () => {
    const components = randomComponent('images', { counted: ['request'] });
    fc.assert(
      fc.property(components, randomDiscount, fc.nat(60), (component, discount, images) => {
        const prices = readPrices([{ event: 'used', components: [component] }]);
        const terms = { prices, discount };
        const costs = Array.from(
          { length: images + 1 },
          (_, n) => new Amount(costOf(terms, { event: 'used', images: n })),
        );
        expect(holdFor(terms, { event: 'used', images })).toBe(formatAmount(Amount.max(...costs)));
      }),
    );
  });

  it('is for one counted component exactly the highest price from any position, where no tier has a flat amount', () => {
    const components = randomComponent('images', {
      counted: ['month'],
      pricing: ['per_unit', 'graduated', 'package', 'flat'],
    });
    fc.assert(
      fc.property(components, fc.nat(60), fc.nat(70), fc.nat(20), (component, images, used, reserved) => {
        const tiers = (component['tiers'] ?? []) as { flat: string }[];
        const plain = {
          ...component,
          ...(tiers.length > 0 ? { tiers: tiers.map((tier) => ({ ...tier, flat: '0' })) } : {}),
        };
        const terms = { prices: readPrices([{ event: 'used', components: [plain] }]) };
        const costs = Array.from(
          { length: reserved + 1 },
          (_, shift) => new Amount(costOf(terms, { event: 'used', images }, { positions: standing(used + shift) })),
        );
        expect(holdFor(terms, { event: 'used', images }, { positions: standing(used, reserved) })).toBe(
          formatAmount(Amount.max(...costs)),
        );
      }),
    );
  });

  it('is for graduated tiers with flat amounts never less than the price from any position', () => {
    const components = randomComponent('images', { counted: ['month'], pricing: ['graduated'] });
    fc.assert(
      fc.property(components, fc.nat(60), fc.nat(70), fc.nat(20), (component, images, used, reserved) => {
        const terms = { prices: readPrices([{ event: 'used', components: [component] }]) };
        const held = new Amount(holdFor(terms, { event: 'used', images }, { positions: standing(used, reserved) }));
        for (let shift = 0; shift <= reserved; shift++) {
          expect(held.gte(costOf(terms, { event: 'used', images }, { positions: standing(used + shift) }))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('isn’t known where a usage states no quantity; zeros cost nothing', () => {
    const prices = readPrices([{ event: 'image.created', components: [{ quantity: 'images', amount: '1' }] }]);
    const bound = (usage: Usage) =>
      boundUsages(termsOf({ prices }), { ...requestOf([usage]), maxOutputTokens: null }, standing(0, 0));
    expect(bound({ event: 'image.created' })).toEqual({ ok: false, unpriced: [0] });
    expect(bound({ event: 'image.created', images: 0 })).toMatchObject({ ok: true, amount: ZERO });
  });
});
