import { Amount, formatAmount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { amountOfMinorUnits, minorUnits } from './minor-units.ts';

describe('minorUnits', () => {
  it.each([
    ['12.5', 'USD', 1250n],
    ['0.01', 'USD', 1n],
    ['999999.99', 'USD', 99_999_999n],
    ['12', 'JPY', 12n],
    ['500', 'KRW', 500n],
    ['1.25', 'KWD', 1250n],
    ['5', 'ISK', 500n],
    ['7', 'UGX', 700n],
    // What HUF and TWD are paid out in has no minor unit; what they are charged in has.
    ['10.45', 'HUF', 1045n],
    ['800.45', 'TWD', 80045n],
  ])('counts %s %s exactly, and back', (amount, currency, units) => {
    expect(minorUnits(new Amount(amount), currency)).toEqual({ units, fault: null });
    expect(formatAmount(amountOfMinorUnits(units, currency))).toBe(amount);
  });

  it.each([
    ['0.005', 'USD', 'not_whole'],
    ['0.000000000001', 'USD', 'not_whole'],
    ['12.5', 'JPY', 'not_whole'],
    ['1.5', 'ISK', 'not_whole'],
    ['1.234', 'KWD', 'not_whole'],
    ['0', 'USD', 'not_positive'],
    ['-1', 'USD', 'not_positive'],
    ['1000000', 'USD', 'too_large'],
    ['99999999999999999999999999', 'JPY', 'too_large'],
  ])('refuses %s %s: %s', (amount, currency, fault) => {
    expect(minorUnits(new Amount(amount), currency)).toEqual({ units: null, fault });
  });
});
