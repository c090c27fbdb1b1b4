import { describe, expect, it } from '@jest/globals';
import { parsePrices, readPrices } from './parse-prices.ts';

const component = { quantity: 'input_tokens', amount: '3', per: '1000000' };
const price = { event: 'chat.completed', components: [component] };

function faultsOf(json: unknown): string[] {
  const parsed = parsePrices(json);
  return parsed.ok ? [] : parsed.faults.map(({ field, message }) => `${field} ${message}`);
}

describe('prices', () => {
  it('are refused where they have more than they may, and read where they were stored so', () => {
    const many = Array.from({ length: 21 }, (_, n) => n);
    const counted = many.map((n) => ({ quantity: `q${n}`, amount: '1' }));
    const stepped = [...many.slice(1).map((n) => ({ up_to: n, amount: '1' })), { amount: '1' }];
    const values = Array.from({ length: 101 }, (_, n) => `m${n}`);
    const oversized = [
      ...[
        { ...price, components: counted },
        { ...price, match: { model: values } },
      ],
      { ...price, event: 'a', components: [{ quantity: 'images', pricing: 'graduated', tiers: stepped }] },
      { ...price, event: 'b', match: Object.fromEntries(many.map((n) => [`n${n}`, 'x'])) },
    ];
    expect(faultsOf(oversized)).toEqual([
      'prices[0].components must be a list of 1 to 20',
      'prices[1].match.model must be a value, a list of 1 to 100 values, or a prefix like "gpt-5*"',
      'prices[2].components[0].tiers must be a list of 1 to 20',
      'prices[3].match must be an object of at most 20 names, like {"model": "gpt-5*"}',
    ]);
    // They may have been saved when more was allowed.
    expect(readPrices(oversized).prices.map(({ components }) => components.length)).toEqual([21, 1, 1, 1]);
    expect(readPrices(oversized).find({ event: price.event, model: 'm100' }, {})?.match).toHaveLength(1);
  });

  it('are refused where they name more values than a card may in all', () => {
    const matches = Array.from({ length: 201 }, (_, n) => ({
      model: Array.from({ length: 100 }, (_, i) => `m${n * 100 + i}`),
    }));
    const prices = matches.map((match) => ({ ...price, match }));
    expect(faultsOf(prices)).toEqual(['prices must name at most 20000 values in all their matches, not 20100']);
    expect(faultsOf(prices.slice(1))).toEqual([]);
  });

  it('may tie where they are stored: the first is found', () => {
    const tied = ['1', '2'].map((amount) => ({ ...price, components: [{ ...component, amount }] }));
    const stored = readPrices(tied);
    expect(stored.find({ event: price.event }, {})).toBe(stored.prices[0]);
  });
});
