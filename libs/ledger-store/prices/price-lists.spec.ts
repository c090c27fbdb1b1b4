import { newUuid } from '#ledger';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PriceLists } from './price-lists.ts';

const CARD = newUuid(1);
const JSON_OF_PRICES = JSON.stringify([{ event: 'used', components: [{ quantity: 'units', amount: '1' }] }]);
const stored = (version: number) => ({ card: CARD, version, json: JSON_OF_PRICES });

/** Longer than prices stay because they were wanted. */
const LATER_MS = 60_000;

let now: number;
const listsOf = (bytesMax: number) => new PriceLists(bytesMax, () => now);
beforeEach(() => {
  now = 0;
});

describe('prices in memory', () => {
  it('make room for others, those used longest ago first', () => {
    const lists = listsOf(25 * JSON_OF_PRICES.length);
    lists.keep(stored(1));
    lists.keep(stored(2));
    expect(lists.find(stored(1))).not.toBeNull();
    now += LATER_MS;
    lists.keep(stored(3));
    expect(keptOf(lists)).toEqual([1, 3]);
    expect([...lists.cards]).toEqual([CARD]);
  });

  it('are kept where they alone take more room than there is', () => {
    const lists = listsOf(1);
    for (const version of [1, 2]) {
      now += LATER_MS;
      lists.keep(stored(version));
      expect(lists.find({ card: CARD, version })).not.toBeNull();
    }
    expect(keptOf(lists)).toEqual([2]);
  });

  it('stay together while a decision that wants them all may read them', () => {
    const lists = listsOf(1);
    for (const version of [1, 2, 3]) lists.keep(stored(version));
    expect(keptOf(lists)).toEqual([1, 2, 3]);
  });

  it('stay while somebody goes on wanting them', () => {
    const lists = listsOf(1);
    lists.keep(stored(1));
    for (const version of [2, 3]) {
      now += LATER_MS;
      expect(lists.want(stored(1))).toBe(true);
      lists.keep(stored(version));
    }
    expect(keptOf(lists)).toEqual([1, 3]);
    expect(lists.want(stored(2))).toBe(false);
  });
});

function keptOf(lists: PriceLists): number[] {
  return [1, 2, 3].filter((version) => lists.find(stored(version)) !== null);
}
