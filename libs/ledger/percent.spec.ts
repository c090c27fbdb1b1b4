import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { percentOf } from './percent.ts';

const percent = (part: string, whole: string): string => percentOf(new Amount(part), new Amount(whole));

describe('a percentage', () => {
  it('never says that more is used than is', () => {
    expect(percent('1', '3')).toBe('33.33');
    expect(percent('2', '3')).toBe('66.66');
    expect(percent('99.9999', '100')).toBe('99.99');
    expect(percent('9', '5')).toBe('180');
  });

  it('of nothing is all', () => {
    expect(percent('0', '0')).toBe('100');
    expect(percent('1', '0')).toBe('100');
  });
});
