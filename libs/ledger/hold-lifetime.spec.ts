import { describe, expect, it } from '@jest/globals';
import { withLifetime } from './hold-lifetime.ts';

const after = (...lifetimes: readonly number[]): number | null => lifetimes.reduce<number | null>(withLifetime, null);

describe('the mean lifetime of holds', () => {
  it('begins with the first', () => {
    expect(after(4000)).toBe(4000);
  });

  it('moves by an eighth of the difference', () => {
    expect(after(4000, 12_000)).toBe(5000);
    expect(after(4000, 0)).toBe(3500);
  });

  it('forgets what was usual before', () => {
    expect(after(900_000, ...Array.from({ length: 40 }, () => 2000))).toBeLessThan(10_000);
  });

  it('stays a whole number of milliseconds that its column can keep', () => {
    expect(after(1000, 1003)).toBe(1000);
    expect(after(2 ** 40)).toBe(2 ** 31 - 1);
  });
});
