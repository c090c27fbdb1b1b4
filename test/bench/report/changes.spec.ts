import { describe, expect, it } from '@jest/globals';
import { changesOf, ratiosBefore } from './changes.ts';
import type { RowFigures } from './ratios.ts';

function figures(perSecond: readonly number[], p99: readonly number[]): RowFigures {
  return { perSecond, average: p99, p50: p99, p99 };
}

describe('a row of two checkouts', () => {
  const measured = new Map([
    ['authorize-hot-before', figures([100, 200], [10, 10])],
    ['authorize-hot', figures([150, 260], [5, 20])],
    ['pgbench-16', figures([100, 100], [1, 1])],
  ]);

  it('has changed by what it is now ÷ before, within each round', () => {
    expect(changesOf(measured)).toEqual([
      {
        row: 'authorize-hot',
        per_second: { median: 1.4, min: 1.3, max: 1.5 },
        p99: { median: 1.25, min: 0.5, max: 2 },
      },
    ]);
  });

  it('has ratios of its own before', () => {
    const ratios = ratiosBefore(measured);
    expect(ratios.find(({ name }) => name.includes('hot ÷ pgbench -N -c 16'))).toMatchObject({ value: 1.5 });
    expect(ratios.every(({ name }) => name.startsWith('authorize over REST'))).toBe(true);
  });

  it('is not compared where there is only one', () => {
    const now = new Map([['authorize-hot', figures([1], [1])]]);
    expect([changesOf(now), ratiosBefore(now)]).toEqual([[], []]);
  });
});
