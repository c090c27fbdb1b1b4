import { describe, expect, it } from '@jest/globals';
import { LineBudget } from './line-budget.ts';

describe('a budget of lines', () => {
  it('grants so many in a second, and tells in the next how many were left out', () => {
    const budget = new LineBudget(2);
    expect([0, 10, 20, 999].map((now) => budget.take(now).granted)).toEqual([true, true, false, false]);
    expect(budget.take(1000)).toEqual({ granted: true, leftOut: 2 });
    expect(budget.take(1001)).toEqual({ granted: true, leftOut: 0 });
    expect(budget.take(5000)).toEqual({ granted: true, leftOut: 0 });
  });
});
