import { Amount, formatAmount, ZERO } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decompose, type ModelUsage } from './decompose.ts';

type Quantities = Readonly<Record<string, readonly [amount: number, credits: number]>>;

function usage(model: string, requests: number, credits: number | string, quantities: Quantities = {}): ModelUsage {
  const stated = Object.entries(quantities).map(
    ([name, [amount, cost]]) => [name, { amount: new Amount(amount), credits: new Amount(cost) }] as const,
  );
  return { model, requests, credits: new Amount(credits), quantities: new Map(stated) };
}

function partsOf(before: readonly ModelUsage[], after: readonly ModelUsage[]) {
  return decompose(before, after).models.map(({ model, volume, mix, size, price }) => [
    model,
    ...[volume, mix, size, price].map(formatAmount),
  ]);
}

describe('a change', () => {
  it('is volume, where there are more of the same requests', () => {
    const tokens = (amount: number, credits: number): Quantities => ({ tokens: [amount, credits] });
    expect(partsOf([usage('a', 10, 100, tokens(1000, 100))], [usage('a', 15, 150, tokens(1500, 150))])).toEqual([
      ['a', '50', '0', '0', '0'],
    ]);
  });

  it('is mix, where another part of as many requests goes to another model', () => {
    const before = [usage('large', 10, 100), usage('small', 10, 10)];
    const after = [usage('large', 15, 150), usage('small', 5, 5)];
    expect(partsOf(before, after)).toEqual([
      ['large', '0', '50', '0', '0'],
      ['small', '0', '-5', '0', '0'],
    ]);
  });

  it('is size, where requests use more at the same price, and price, where they cost more', () => {
    const before = [usage('a', 10, 100, { input: [1000, 40], output: [100, 60] })];
    // Twice the output, and the input costs 0.05 instead of 0.04.
    const after = [usage('a', 10, 170, { input: [1000, 50], output: [200, 120] })];
    expect(partsOf(before, after)).toEqual([['a', '0', '0', '60', '10']]);
  });

  it('takes what was charged, where that isn’t what the lines say', () => {
    const before = [usage('a', 10, 50, { input: [1000, 100] })];
    const after = [usage('a', 10, 75, { input: [1200, 120] })];
    expect(partsOf(before, after)).toEqual([['a', '0', '0', '10', '15']]);
  });

  it('is size alone, where quantities aren’t known', () => {
    expect(partsOf([usage('a', 10, 100)], [usage('a', 10, 130)])).toEqual([['a', '0', '0', '30', '0']]);
  });

  it('is mix, where a model is new or gone', () => {
    expect(partsOf([usage('old', 10, 100)], [usage('new', 10, 70)])).toEqual([
      ['old', '0', '-100', '0', '0'],
      ['new', '0', '70', '0', '0'],
    ]);
  });

  it('is something, where nothing was used before', () => {
    expect(decompose([], [usage('a', 3, 7)])).toMatchObject({
      before: ZERO,
      change: new Amount(7),
      mix: new Amount(7),
    });
    expect(decompose([], [])).toMatchObject({ change: ZERO, models: [] });
  });

  it('adds up to the last digit, whatever was used', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((picos) => new Amount(String(picos)).div('1e12'));
    const quantity = fc.record({ amount, credits: amount });
    const quantities = fc.dictionary(fc.constantFrom('input', 'output', 'cached'), quantity);
    const some = fc.uniqueArray(
      fc.record({
        model: fc.constantFrom('a', 'b', 'c', ''),
        requests: fc.nat(1000),
        credits: amount,
        quantities: quantities.map((given) => new Map(Object.entries(given))),
      }),
      { selector: ({ model }) => model },
    );
    fc.assert(
      fc.property(some, some, (before, after) => {
        const all = decompose(before, after);
        for (const one of [all, ...all.models]) {
          const parts = one.volume.plus(one.mix).plus(one.size).plus(one.price);
          expect(formatAmount(parts)).toBe(formatAmount(one.after.minus(one.before)));
          for (const part of [one.volume, one.mix, one.size, one.price])
            expect(part.decimalPlaces()).toBeLessThanOrEqual(12);
        }
        const credits = after.reduce((sum, one) => sum.plus(one.credits), ZERO);
        expect(all.after.eq(credits)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
