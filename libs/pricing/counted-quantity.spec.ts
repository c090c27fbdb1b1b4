import { describe, expect, it } from '@jest/globals';
import { readPrices } from './parse-prices.ts';

describe('the counter of a counted quantity', () => {
  const idOf = (fields: object, amount = '1'): string | undefined => {
    const counted = { quantity: 'tokens', counted: 'month', amount };
    return readPrices([{ event: 'used', components: [counted], ...fields }]).prices[0]?.components[0]?.counter?.id;
  };

  it('is the same whatever it costs, and however its match is written', () => {
    const id = idOf({ match: { model: 'a', tier: ['x', 'y'] } });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOf({ match: { tier: ['y', 'x'], model: ['a'] } }, '2')).toBe(id);
  });

  it('is another one for another event, match, quantity or period', () => {
    const counted = (fields: object): object => ({
      components: [{ quantity: 'tokens', amount: '1', counted: 'month', ...fields }],
    });
    const ids = [{}, { event: 'other' }, { match: { model: 'a' } }, { match: { model: 'a*' } }].map((fields) =>
      idOf(fields),
    );
    ids.push(idOf(counted({ quantity: 'images' })), idOf(counted({ counted: 'day' })));
    expect(new Set(ids).size).toBe(6);
  });
});
