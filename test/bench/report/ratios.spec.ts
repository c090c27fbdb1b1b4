import { describe, expect, it } from '@jest/globals';
import { ratiosOf, type RowFigures } from './ratios.ts';

function figures(perRound: readonly number[]): RowFigures {
  return { perSecond: perRound, average: perRound, p50: perRound, p99: perRound };
}

function ratio(name: string, rows: Readonly<Record<string, readonly number[]>>) {
  const measured = new Map(Object.entries(rows).map(([row, perRound]) => [row, figures(perRound)]));
  const found = ratiosOf(measured).find((one) => one.name.startsWith(name));
  if (!found) throw new Error(`no ratio is called ${name}`);
  return found;
}

describe('a ratio', () => {
  it('is taken within each round, and its median is held against the bound', () => {
    const rows = { 'authorize-hot': [1200, 2600, 900], 'pgbench-16': [1000, 2000, 1000] };
    expect(ratio('authorize over REST, hot ÷ pgbench', rows)).toMatchObject({
      at_least: 1.2,
      value: 1.2,
      min: 0.9,
      max: 1.3,
      reached: true,
    });
  });

  it('may have to stay below its bound', () => {
    const rows = { idle: [1, 1, 1], 'fixed-rate': [11, 12, 9] };
    expect(ratio('p99 at 1,000', rows)).toMatchObject({ at_most: 10, value: 11, reached: false });
  });

  it('without a bound is neither reached nor missed', () => {
    const rows = { 'authorize-hot': [5], 'do-nothing': [10] };
    expect(ratio('authorize over REST, hot ÷ an endpoint', rows)).toMatchObject({ value: 0.5, reached: null });
  });

  it('is not known where a row it needs was not measured', () => {
    expect(ratio('idle p50', { idle: [1] })).toMatchObject({ at_most: 4, value: null, reached: null });
  });
});
