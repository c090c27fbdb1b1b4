import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { amountAboveZero, numberFrom, runName, serviceUrl, wholeNumberFrom } from './option-values.ts';

describe('the values of options', () => {
  it('are taken as they are meant', () => {
    expect(wholeNumberFrom(1, 100)('100')).toBe(100);
    expect(numberFrom(0, 1)('0.25')).toBe(0.25);
    expect(amountAboveZero('0.000000000001').toFixed()).toBe('0.000000000001');
    expect(runName('crash.1')).toBe('crash.1');
    expect(serviceUrl('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000');
  });

  it.each([
    ['a number of customers of none', wholeNumberFrom(1, 100), '0'],
    ['half a customer', wholeNumberFrom(1, 100), '1.5'],
    ['no number at all', wholeNumberFrom(0, 100), ''],
    ['a share above the whole', numberFrom(0, 1), '1.1'],
    ['a factor in exponent notation', numberFrom(0, 1e9), '1e3'],
    ['a price of nothing', amountAboveZero, '0'],
    ['a price in exponent notation', amountAboveZero, '3e-6'],
    ['a price with 13 places', amountAboveZero, '0.0000000000001'],
    ['a run name an account id could not begin with', runName, 'crash 1'],
    ['an address without http', serviceUrl, 'localhost:3000'],
  ])('are refused: %s', (_what, parse: (text: string) => unknown, text) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError);
  });
});
