import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findTies } from './find-ties.ts';
import { parseMatch } from './parse-match.ts';
import { parsePrices } from './parse-prices.ts';
import type { Price } from './rate-card.ts';
import { overlap, specificityKey } from './specificity.ts';

const components = [{ quantity: 'requests', amount: '1' }];
const pricesOf = (matches: readonly object[]): object[] =>
  matches.map((match) => ({ event: 'used', match, components }));

/** So many matches of a number each. */
const matches = (count: number, matchOf: (n: number) => object): object[] =>
  Array.from({ length: count }, (_, n) => matchOf(n));
/** A list of values that no other number has. */
const list = (n: number, length: number): string[] => Array.from({ length }, (_, i) => `v${n * length + i}`);

function processorMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('ties', () => {
  it('are found wherever two equally specific matches overlap, and nowhere else', () => {
    const value = fc.oneof(
      fc.constantFrom('a', 'b', 'ab'),
      fc.constantFrom('a*', 'ab*', 'b*', '*'),
      fc.uniqueArray(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 3 }),
    );
    const match = fc.dictionary(fc.constantFrom('model', 'size', 'plan'), value, { maxKeys: 3 });
    fc.assert(
      fc.property(fc.array(match, { maxLength: 8 }), (stated) => {
        const read = stated.map((one) => parseMatch(one, 'match', []));
        const tied = read.flatMap((one, index) =>
          read.slice(0, index).some((other) => specificityKey(one) === specificityKey(other) && overlap(one, other))
            ? [`prices[${index}].match`]
            : [],
        );
        const prices = read.map((one) => ({ event: 'used', match: one }) as unknown as Price);
        expect(findTies(prices, 'prices').map(({ field }) => field)).toEqual(tied);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, object[]]>([
    ['many lists', matches(2000, (n) => ({ model: list(n, 10) }))],
    [
      'lists, and prices of another name',
      [...matches(180, (n) => ({ model: list(n, 100) })), ...matches(1800, (n) => ({ region: `r${n}` }))],
    ],
    ['prefixes', matches(2000, (n) => ({ model: `m${10_000 + n}*` }))],
    [
      'lists of many names that share a value',
      matches(300, (n) => ({ a: [...list(n, 12), 'z'], b: [...list(n, 12), 'z'], c: list(n, 12) })),
    ],
    [
      'names that differ in one of many',
      matches(512, (n) =>
        Object.fromEntries(
          Array.from({ length: 9 }, (_, bit) => [`n${bit}`, (n >> bit) & 1 ? ['x', 'X'] : ['y', 'Y']]),
        ),
      ),
    ],
  ])('are looked for in no time among %s', (_, stated) => {
    const prices = pricesOf(stated);
    let isRead = false;
    // Less than a tenth of it, on a machine that has nothing else to do.
    expect(processorMs(() => (isRead = parsePrices(prices).ok))).toBeLessThan(2000);
    expect(isRead).toBe(true);
  });
});
