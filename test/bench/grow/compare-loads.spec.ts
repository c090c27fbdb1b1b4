import { expect, test } from '@jest/globals';
import { comparison } from './compare-loads.ts';
import { growthChecks } from './growth-report.ts';
import { grownParts } from './measure-footprint.ts';

test('a ratio is that of two measurements of one round, and its median counts', () => {
  const compared = comparison('history', 'pairs per second', [100, 200, 50], [90, 100, 55]);
  expect(compared).toMatchObject({ base: 100, grown: 90, ratio: { median: 0.9, min: 0.5, max: 1.1 } });
  const [check] = growthChecks([compared]);
  expect(check).toMatchObject({ value: 0.9, at_least: 0.9, reached: true });
});

test('what could not be measured in one round is not compared', () => {
  const compared = comparison('history', 'CPU µs per pair', [1, null], [1, 2]);
  expect(compared).toMatchObject({ base: null, grown: null, ratio: null });
  expect(growthChecks([compared])[0]).toMatchObject({ value: null, reached: null });
});

test('only the parts of a database that have grown are told, new ones too', () => {
  const part = (name: string, bytes: number) => ({ table: 'transfers', part: name, bytes });
  const before = [part('heap', 8192), part('toast', 8192)];
  const after = [part('heap', 24_576), part('toast', 8192), part('index (id)', 16_384)];
  expect(grownParts(before, after)).toEqual([part('heap', 16_384), part('index (id)', 16_384)]);
});
