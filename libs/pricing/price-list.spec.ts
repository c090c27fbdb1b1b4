import { describe, expect, it } from '@jest/globals';
import type { Json } from '#amounts';
import { readPrices } from './parse-prices.ts';
import type { Usage } from './usage.ts';

/** Which of the matches a usage finds, by its index. */
function found(
  matches: readonly Json[],
  usage: Omit<Usage, 'event'>,
  tags: Record<string, string> = {},
): number | null {
  const components = [{ quantity: 'requests', amount: '1' }];
  const list = readPrices(matches.map((match) => ({ event: 'used', match, components })));
  const price = list.find({ event: 'used', ...usage }, tags);
  return price && list.prices.indexOf(price);
}

describe('the price that matches', () => {
  it('is found by event first', () => {
    const list = readPrices([{ event: 'used', components: [{ quantity: 'requests', amount: '1' }] }]);
    expect(list.find({ event: 'other' }, {})).toBeNull();
  });

  it.each<[string, readonly Json[], Omit<Usage, 'event'>, number | null]>([
    ['without a match, for anything', [{}], { model: 'a' }, 0],
    ['by model', [{ model: 'a' }, { model: 'b' }], { model: 'b' }, 1],
    ['by a list', [{ model: ['a', 'b'] }], { model: 'b' }, 0],
    ['by a prefix', [{ model: 'gpt-5*' }], { model: 'gpt-5-mini' }, 0],
    ['never, where the prefix is another', [{ model: 'gpt-5*' }], { model: 'gpt-4' }, null],
    ['never, where the name is not given', [{ model: '*' }], {}, null],
    ['for any model there is', [{ model: '*' }], { model: 'x' }, 0],
    ['by provider', [{ provider: 'x' }], { provider: 'x' }, 0],
    ['by a property', [{ size: 'hd' }], { properties: { size: 'hd' } }, 0],
    [
      'by a property that is true or a number',
      [{ batch: true, size: 2 }],
      { properties: { batch: 'true', size: 2 } },
      0,
    ],
    ['never by what an object inherits', [{ constructor: '*' }], { properties: {} }, null],
    [
      'with more names before fewer',
      [{ model: 'a' }, { model: 'a*', size: 'h*' }],
      { model: 'a', properties: { size: 'hd' } },
      1,
    ],
    ['exactly before by list', [{ model: ['a', 'b'] }, { model: 'a' }], { model: 'a' }, 1],
    ['by list before by prefix', [{ model: 'a*' }, { model: ['a', 'b'] }, {}], { model: 'a' }, 1],
    ['by the longer prefix', [{ model: 'g*' }, { model: 'gpt*' }, { model: 'gpt-5*' }], { model: 'gpt-4' }, 1],
  ])('is found %s', (_, matches, usage, index) => {
    expect(found(matches, usage)).toBe(index);
  });

  it('is found by a tag, unless a property has its name', () => {
    const matches = [{ plan: 'pro' }];
    expect(found(matches, {}, { plan: 'pro' })).toBe(0);
    expect(found(matches, { properties: { plan: 'free' } }, { plan: 'pro' })).toBeNull();
    expect(found([{ model: 'a' }], {}, { model: 'a' })).toBeNull();
  });
});
