import { describe, expect, it } from '@jest/globals';
import { median, percentile } from './statistics.ts';

describe('a median', () => {
  it('is the value in the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle where there is no middle', () => {
    expect(median([4, 1, 2, 10])).toBe(3);
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('no median');
  });
});

describe('a percentile', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

  it('is a value that was measured, the smallest that so many are not above', () => {
    expect([50, 95, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([50, 95, 99, 100]);
    expect(percentile(Float64Array.of(7), 99)).toBe(7);
    expect(percentile(Float64Array.of(1, 2, 3), 50)).toBe(2);
  });

  it('of nothing is refused', () => {
    expect(() => percentile(new Float64Array(0), 50)).toThrow('no percentiles');
  });
});
