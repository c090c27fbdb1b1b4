import { newUuid } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { PriceLists } from './price-lists.ts';

const CARD = newUuid(1);
const JSON_OF_PRICES = JSON.stringify([{ event: 'used', components: [{ quantity: 'units', amount: '1' }] }]);
const stored = (version: number) => ({ card: CARD, version, json: JSON_OF_PRICES });

describe('prices in memory', () => {
  it('make room for others, those used longest ago first', () => {
    const lists = new PriceLists(25 * JSON_OF_PRICES.length);
    lists.keep(stored(1));
    lists.keep(stored(2));
    expect(lists.find(stored(1))).not.toBeNull();
    lists.keep(stored(3));
    expect([1, 2, 3].map((version) => lists.find({ card: CARD, version }) !== null)).toEqual([true, false, true]);
    expect([...lists.cards]).toEqual([CARD]);
  });

  it('are kept where they alone take more room than there is', () => {
    const lists = new PriceLists(1);
    for (const version of [1, 2]) {
      lists.keep(stored(version));
      expect(lists.find({ card: CARD, version })).not.toBeNull();
    }
    expect(lists.find({ card: CARD, version: 1 })).toBeNull();
  });
});
