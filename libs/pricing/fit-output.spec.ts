import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount, type Json } from '#amounts';
import { boundUsages } from './bound-usages.ts';
import { fitOutput } from './fit-output.ts';
import { requestOf, standing, termsOf, UNUSED } from './testing/price-fixture.ts';
import { randomDiscount, randomPrices, randomUsage } from './testing/random-cards.ts';
import type { Usage } from './usage.ts';

const used = (quantities: Record<string, number | string>): Usage => ({ event: 'used', ...quantities });
const prices = [
  {
    event: 'used',
    components: [
      { quantity: 'input_tokens', amount: '1' },
      { quantity: 'output_tokens', amount: '2' },
    ],
    max_output_tokens: 500,
  },
  { event: 'embedded', components: [{ quantity: 'input_tokens', amount: '1' }] },
];

function withoutOutput(usage: Usage): Usage {
  const stated = Object.entries(usage).filter(([name]) => name !== 'output_tokens');
  return { ...Object.fromEntries(stated), event: usage.event };
}

/** The output and the amount that a fit finds. */
function fitted(usage: Usage | readonly Usage[], available: string, given: { max?: number; min?: number } = {}): Json {
  const request = { ...requestOf(usage, { maxOutputTokens: given.max ?? null }), minOutputTokens: given.min ?? 1 };
  const bound = fitOutput(termsOf({ prices }), request, UNUSED, new Amount(available));
  if (bound === null) return null;
  return bound.ok ? [bound.assumed.maxOutputTokens, formatAmount(bound.amount)] : false;
}

describe('a fit', () => {
  it.each<[string, Usage | readonly Usage[], string, { max?: number; min?: number }, Json]>([
    ['all the output where that fits', used({ input_tokens: 100 }), '300', { max: 100 }, [100, '300']],
    ['the most output that fits', used({ input_tokens: 100 }), '299.5', { max: 100 }, [99, '298']],
    ["the price's output where the request has none", used({ input_tokens: 100 }), '1000', {}, [450, '1000']],
    ['less than is stated', used({ input_tokens: 100, output_tokens: 200 }), '200', {}, [50, '200']],
    ['just the least', used({ input_tokens: 100 }), '120', { min: 10 }, [10, '120']],
    ['nothing where not even the least fits', used({ input_tokens: 100 }), '119', { min: 10 }, null],
    ['nothing where there is no output to lower', { event: 'embedded', input_tokens: 100 }, '99', {}, null],
    [
      'less output of the last usage that has some',
      [used({ output_tokens: 10 }), used({}), { event: 'embedded', input_tokens: 5 }],
      '125',
      {},
      [50, '125'],
    ],
    ['what has no price as it is', used({ images: 1, output_tokens: 0 }), '1', {}, false],
  ])('finds %s', (_, usage, available, given, expected) => {
    expect(fitted(usage, available, given)).toEqual(expected);
  });

  it('is found in no time in a hundred million, among as many tiers as a component may have', () => {
    const tiers = [
      ...Array.from({ length: 19 }, (_, n) => ({ up_to: (n + 1) * 1000, amount: String(30 - n), flat: '5' })),
      { amount: '1' },
    ];
    const counted = ['input_tokens', 'output_tokens', 'reasoning_tokens'].map((quantity) => ({
      ...{ quantity, pricing: 'graduated', counted: 'month', per: '1000', tiers },
    }));
    const terms = termsOf({ prices: [{ event: 'used', components: counted }] });
    const request = { ...requestOf(used({ input_tokens: 90_000 }), { maxOutputTokens: 1e8 }), minOutputTokens: 1 };
    const start = process.cpuUsage();
    const fit = fitOutput(terms, request, standing(500, 50_000), new Amount('50000'));
    const { user } = process.cpuUsage(start);
    const output = fit?.ok ? Number(fit.assumed.maxOutputTokens) : 0;
    const amountWith = (maxOutputTokens: number): Amount | null => {
      const bound = boundUsages(terms, { ...request, maxOutputTokens }, standing(500, 50_000));
      return bound.ok ? bound.amount : null;
    };
    expect(amountWith(output)?.lte('50000')).toBe(true);
    expect(amountWith(output + 1)?.lte('50000')).toBe(false);
    // A tenth of it where nothing else runs.
    expect(user / 1000).toBeLessThan(500);
  });

  it('finds the largest output that fits, whatever the card', () => {
    fc.assert(
      fc.property(randomPrices(), randomDiscount, randomUsage, fc.nat(100), (card, discount, usage, share) => {
        const terms = termsOf({ prices: card, discount });
        const open = withoutOutput(usage);
        const request = { ...requestOf(open, { maxOutputTokens: 40 }), minOutputTokens: 2 };
        const positions = standing(20, 10);
        const boundAt = (maxOutputTokens: number): Amount | null => {
          const bound = boundUsages(terms, { ...request, maxOutputTokens }, positions);
          return bound.ok ? bound.amount : null;
        };
        const available = (boundAt(40) ?? new Amount(0)).times(share).div(100);
        const fit = fitOutput(terms, request, positions, available);
        const fitting = [...Array(41).keys()].slice(2).filter((output) => boundAt(output)?.lte(available));
        if (fit === null) expect(fitting).toEqual([]);
        else if (fit.ok) expect(fit.assumed.maxOutputTokens ?? 40).toBe(fitting.at(-1));
      }),
      { numRuns: 150 },
    );
  });
});
