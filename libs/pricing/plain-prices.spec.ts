import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAmount, type Json, ZERO } from '#amounts';
import { boundUsages } from './bound-usages.ts';
import { readPrices } from './parse-prices.ts';
import { priceUsages } from './price-usages.ts';
import { requestOf, standing, termsOf } from './testing/price-fixture.ts';
import {
  MAX_OUTPUT_TOKENS,
  randomBounded,
  randomComponent,
  randomPrices,
  randomUsage,
} from './testing/random-cards.ts';
import { statedQuantities, statedQuantity, type Usage } from './usage.ts';

const QUANTITIES = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'requests'];

/** Prices per unit and in tiers that count, of which units cost that and nothing else. */
const plainPrices = fc
  .tuple(fc.subarray(QUANTITIES, { minLength: 1 }), fc.constantFrom('1', '1000', '1000000'))
  .chain(([quantities, per]) =>
    fc.tuple(
      ...quantities.map((quantity) =>
        fc
          .oneof(
            randomComponent(quantity, { pricing: ['per_unit'], counted: ['request', 'month'] }),
            randomComponent(quantity, { pricing: ['graduated'], counted: ['month'] }),
          )
          .map((component) => plain(component, per)),
      ),
    ),
  )
  .map((components): Json => [{ event: 'used', components }]);

function plain({ tiers, ...component }: Record<string, Json>, per: string): Json {
  const free = { minimum: null, included: 0, above_context: [] };
  if (tiers === undefined) return { ...component, ...free, per };
  const withoutFlat = (tiers as readonly Record<string, Json>[]).map((tier) => ({ ...tier, flat: '0' }));
  return { ...component, included: 0, per, tiers: withoutFlat };
}

/** The same as decimals, which are computed in the general way. */
function asDecimals(usage: Usage): Usage {
  const decimals = statedQuantities(usage).map((name) => [name, formatAmount(statedQuantity(usage, name) ?? ZERO)]);
  return { ...usage, ...Object.fromEntries(decimals) } as Usage;
}

const prices = fc.oneof({ arbitrary: plainPrices, weight: 3 }, randomPrices());
const factor = fc.constantFrom(1, 1, 1_000, 100_000_000_000);
const times = (usage: Usage, by: number): Usage => ({
  ...usage,
  ...Object.fromEntries(statedQuantities(usage).map((name) => [name, Number(usage[name]) * by])),
});

describe('whole numbers', () => {
  it('cost what the same decimals cost, wherever counters stand', () => {
    const usages = fc.array(randomUsage, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(prices, usages, factor, fc.nat(70), (card, list, by, used) => {
        const terms = termsOf({ prices: card });
        const cost = (all: readonly Usage[]) => priceUsages(terms, requestOf(all), standing(used));
        const sent = list.map((usage) => times(usage, by));
        expect(shown(cost(sent))).toBe(shown(cost(sent.map(asDecimals))));
      }),
      { numRuns: 3000 },
    );
  });

  it('have the bound of the same decimals', () => {
    const circumstances = fc.record({
      card: prices,
      usages: fc.array(randomBounded, { minLength: 1, maxLength: 3 }),
      used: fc.nat(70),
      reserved: fc.nat(20),
    });
    fc.assert(
      fc.property(circumstances, ({ card, usages, used, reserved }) => {
        const terms = termsOf({ prices: card });
        const bound = (all: readonly Usage[]) =>
          boundUsages(terms, requestOf(all, { maxOutputTokens: MAX_OUTPUT_TOKENS }), standing(used, reserved));
        const stated = usages.map((one) => one.stated);
        expect(shown(bound(stated))).toBe(shown(bound(stated.map(asDecimals))));
      }),
      { numRuns: 3000 },
    );
  });

  it('are computed as integers at usual prices', () => {
    const components = [
      { quantity: 'input_tokens', per: '1000000', amount: '2.5' },
      { quantity: 'output_tokens', per: '1000000', amount: '10' },
    ];
    expect(readPrices([{ event: 'used', components }]).prices[0]?.isPlain).toBe(true);
  });
});

/** Amounts are decimals, which JSON shows exactly. */
function shown(value: object): string {
  return JSON.stringify(value);
}
