import { describe, expect, it } from '@jest/globals';
import { givenRules } from './alert-rules.ts';

describe('given alert rules', () => {
  it('are put in order, and what isn’t given stays open', () => {
    expect(givenRules({ percent: [90, 50] })).toEqual({ percent: [50, 90], remaining: null, runOutDays: null });
    const { remaining } = givenRules({ remaining: ['70', '5.0', '0'] });
    expect(remaining?.map((level) => level.toFixed())).toEqual(['0', '5', '70']);
    expect(givenRules({ remaining: [] })).toEqual({ percent: null, remaining: [], runOutDays: null });
  });
});
