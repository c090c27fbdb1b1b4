import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount, type Json } from '#amounts';
import { readPrices } from './parse-prices.ts';
import { priceUsages } from './price-usages.ts';
import { costOf, requestOf, standing, termsOf } from './testing/price-fixture.ts';
import { randomComponent, randomDiscount, randomPrices, randomTime, randomUsage } from './testing/random-cards.ts';

const used = (quantities: Record<string, number | string>) => ({ event: 'used', ...quantities });
const card = (...components: Json[]): { prices: Json } => ({ prices: [{ event: 'used', components }] });

describe('random cards', () => {
  it('have lines that add up, of which none is negative, and no more than 12 places', () => {
    const usages = fc.array(randomUsage, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(randomPrices(), randomDiscount, randomTime, usages, (prices, discount, at, list) => {
        const pricing = priceUsages(termsOf({ prices, discount }), requestOf(list, { at }), standing(20));
        const { usages: all, amount } = pricing.ok ? pricing.priced : pricing.rest;
        const lines = all.flatMap((usage) => usage.lines);
        expect(formatAmount(lines.reduce((sum, line) => sum.plus(line.amount), new Amount(0)))).toBe(
          formatAmount(amount),
        );
        expect(lines.every((line) => line.amount.gte(0) && line.amount.decimalPlaces() <= 12)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('charge no less for more, all but volume', () => {
    const components = randomComponent('units', { pricing: ['per_unit', 'graduated', 'package', 'flat'] });
    fc.assert(
      fc.property(components, randomDiscount, fc.nat(60), fc.nat(60), (component, discount, a, b) => {
        const terms = { prices: readPrices([{ event: 'used', components: [component] }]), discount };
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map(
          (units) => new Amount(costOf(terms, used({ units }))),
        );
        expect(less?.lte(more ?? 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('price graduated tiers unit by unit: right at every boundary, one before and one after', () => {
    fc.assert(
      fc.property(randomComponent('units', { pricing: ['graduated'], counted: ['request'] }), (component) => {
        const tiers = component['tiers'] as { up_to?: number; amount: string; flat: string }[];
        const terms = card({ ...component, per: '1', minimum: null });
        const included = component['included'] as number;
        for (const edge of tiers.flatMap(({ up_to }) => up_to ?? []).flatMap((end) => [end - 1, end, end + 1])) {
          let expected = new Amount(0);
          for (let unit = 1; unit <= edge; unit++) {
            const tier = tiers.find(({ up_to = Infinity }) => unit <= up_to);
            const isFirst = tiers.some(({ up_to = Infinity }, i) => tiers[i + 1] === tier && unit === up_to + 1);
            expected = expected.plus(tier?.amount ?? 0).plus(unit === 1 || isFirst ? (tier?.flat ?? 0) : 0);
          }
          expect(costOf(terms, used({ units: edge + included }))).toBe(formatAmount(expected));
        }
      }),
    );
  });
});
