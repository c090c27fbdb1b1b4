import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { leaseOf, spanWindowOf } from './span-limits.ts';

interface LeaseOptions {
  readonly least?: string;
  readonly perMinute?: string | null;
}

const lease = (left: string, need: string, { least = need, perMinute = '0' }: LeaseOptions = {}): string =>
  leaseOf(new Amount(left), {
    need: new Amount(need),
    least: new Amount(least),
    perMinute: perMinute === null ? null : new Amount(perMinute),
  }).toFixed();

describe('a lease', () => {
  it.each([
    ['1000', '50', '0', '50'],
    ['1000', '1', '0', '3.90625'],
    ['1000', '1', '20', '20'],
    ['1000', '1', '500', '62.5'],
    ['1000', '100', '500', '100'],
    ['1', '0.000000000001', '0', '0.00390625'],
    ['10', '10', '0', '10'],
  ])('of %s, where %s is needed and %s is spent a minute, is %s', (left, need, perMinute, expected) => {
    expect(lease(left, need, { perMinute })).toBe(expected);
  });

  it('is all that is left where some of the requests can be met, and nothing where none can', () => {
    expect(lease('3', '12', { least: '2' })).toBe('3');
    expect(lease('3', '12', { least: '4' })).toBe('0');
    expect(lease('-5', '1')).toBe('0');
  });

  it('is no more than is needed, where there was too little before', () => {
    expect(lease('1000', '1', { perMinute: null })).toBe('1');
    expect(lease('3', '12', { least: '2', perMinute: null })).toBe('3');
  });

  it('has no more decimals than an amount may have', () => {
    expect(lease('0.00000000001', '0.000000000001')).toBe('0.000000000001');
    expect(lease('1000.000000000001', '1')).toBe('3.90625');
  });
});

describe('the window of a limit', () => {
  const at = Date.parse('2026-11-15T00:00:00Z');
  const shown = ({ start, end }: ReturnType<typeof spanWindowOf>): string[] =>
    [start, end ?? Number.NaN].map((time) => new Date(time).toISOString());

  it('is that of its calendar', () => {
    expect(shown(spanWindowOf('month', 'Europe/Berlin', at, []))).toEqual([
      '2026-10-31T23:00:00.000Z',
      '2026-11-30T23:00:00.000Z',
    ]);
  });

  it('begins where the one before ends, whatever calendar that had', () => {
    const before = { start: Date.parse('2026-10-01T00:00:00Z'), end: Date.parse('2026-11-01T00:00:00Z') };
    const after = { start: Date.parse('2026-11-30T20:00:00Z'), end: Date.parse('2026-12-30T20:00:00Z') };
    expect(shown(spanWindowOf('month', 'Europe/Berlin', at, [before, after]))).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-30T20:00:00.000Z',
    ]);
  });
});
