import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount } from './amount.ts';
import { amountOfPicos, picosOf, sumOf } from './picos.ts';

/** Numbers of any length. */
const picos = fc.oneof(
  fc.maxSafeNat(),
  fc.tuple(fc.nat(9_999), fc.nat(15)).map(([digits, zeros]) => Math.min(digits * 10 ** zeros, Number.MAX_SAFE_INTEGER)),
);
const EDGES = [0, 1, 99, 100, 99_999, 100_000, 1e12 - 1, 1e12, 1e12 + 1, 1e12 + 1e5, 9e15, Number.MAX_SAFE_INTEGER];

describe('picos', () => {
  it('make the amount that parsing makes, to the last word', () => {
    const isSame = (one: number): void => {
      const parsed = new Amount(`${String(one)}e-12`);
      expect(amountOfPicos(one)).toEqual(parsed);
      expect(picosOf(parsed)).toBe(one);
      expect(picosOf(parsed.negated())).toBe(one === 0 ? -0 : -one);
    };
    EDGES.forEach(isSame);
    fc.assert(fc.property(picos, isSame), { numRuns: 2000 });
  });

  it('are none where an amount isn’t a whole number of them that is safe', () => {
    for (const text of ['1e-13', '0.1000000000001', '9007.199254740992', '10000000', '1e20', 'NaN', 'Infinity'])
      expect(picosOf(new Amount(text))).toBeNull();
  });

  it('add up to the exact sum, of whatever amounts', () => {
    const amount = fc.oneof(
      picos.map(amountOfPicos),
      fc.maxSafeInteger().map((digits) => new Amount(`${String(digits)}e-9`)),
      fc.constantFrom('1e-20', '-0.5', '1e22').map((text) => new Amount(text)),
    );
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const sum = amounts.reduce((total, one) => total.plus(one), new Amount(0));
        expect(formatAmount(sumOf(amounts))).toBe(formatAmount(sum));
      }),
    );
  });
});
