import { describe, expect, it } from '@jest/globals';
import { checkOf } from './check.ts';

describe('a check', () => {
  it('is reached at its bound, on the right side of it', () => {
    expect([1.1, 1.2, 1.3].map((value) => checkOf('', value, { atLeast: 1.2 }).reached)).toEqual([false, true, true]);
    expect([3.9, 4, 4.1].map((value) => checkOf('', value, { atMost: 4 }).reached)).toEqual([true, true, false]);
  });

  it('without a bound, or without a figure, is neither reached nor missed', () => {
    expect(checkOf('', 5)).toMatchObject({ value: 5, reached: null });
    expect(checkOf('', null, { atMost: 4 })).toMatchObject({ value: null, at_most: 4, reached: null });
  });
});
