import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, atLeastZero, formatAmount, parseAmount, smallerOf } from './amount.ts';

const GREATEST = `${'9'.repeat(26)}.${'9'.repeat(12)}`;

describe('parseAmount', () => {
  it.each([
    ['0', '0'],
    ['12.5', '12.5'],
    ['12.500', '12.5'],
    ['007', '7'],
    ['0.000000000001', '0.000000000001'],
    ['99999999999999999999999999', '99999999999999999999999999'],
    [GREATEST, GREATEST],
  ])('reads %s', (text, shown) => {
    const amount = parseAmount(text);
    expect(amount && formatAmount(amount)).toBe(shown);
  });

  it.each([
    ['a JSON number', 12.5],
    ['a whole JSON number', 12],
    ['a bigint', 12n],
    ['null', null],
    ['nothing', undefined],
    ['a list', ['1']],
    ['an amount already read', new Amount(1)],
    ['an empty text', ''],
    ['a plus sign', '+1'],
    ['a minus sign', '-1'],
    ['exponent notation', '1e3'],
    ['hexadecimal notation', '0x10'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['a space', ' 1'],
    ['a line break', '1\n'],
    ['a thousands separator', '1,000'],
    ['an underscore', '1_000'],
    ['a decimal comma', '1,5'],
    ['nothing before the point', '.5'],
    ['nothing after the point', '5.'],
    ['two points', '1.2.3'],
    ['digits of another script', '١٢'],
    ['13 places', '0.0000000000001'],
    ['13 places, the last one zero', '0.0000000000010'],
    ['27 digits', `1${'0'.repeat(26)}`],
  ])('refuses %s', (_, text) => {
    expect(parseAmount(text)).toBeNull();
  });
});

describe('formatAmount', () => {
  it.each([
    [new Amount('1e25'), '10000000000000000000000000'],
    [new Amount('1e-12'), '0.000000000001'],
    [new Amount('-3.10'), '-3.1'],
    [new Amount('-0'), '0'],
  ])('writes plain notation without trailing zeros: %#', (amount, shown) => {
    expect(formatAmount(amount)).toBe(shown);
  });
});

describe('an amount', () => {
  /** An amount as a whole number of its smallest parts, 10⁻¹². */
  const parts = fc.bigInt({ min: 0n, max: 10n ** 38n - 1n });
  const write = (value: bigint): string => {
    const digits = value.toString().padStart(13, '0');
    return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
  };
  const read = (text: string): Amount => parseAmount(text) ?? new Amount(NaN);

  it('adds and subtracts exactly, at any size', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [greater, less] = a > b ? [a, b] : [b, a];
        expect(
          read(write(greater))
            .minus(read(write(less)))
            .eq(read(write(greater - less))),
        ).toBe(true);
        expect(
          read(write(a))
            .plus(read(write(b)))
            .toFixed(12),
        ).toBe(write(a + b));
      }),
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(parts, (value) => {
        const amount = read(write(value));
        expect(read(formatAmount(amount)).eq(amount)).toBe(true);
      }),
    );
  });

  it('sums 2 500 times 0.004 to exactly 10', () => {
    let sum = new Amount(0);
    for (let i = 0; i < 2500; i++) sum = sum.plus(read('0.004'));
    expect(formatAmount(sum)).toBe('10');
  });

  it('rounds half-even, where a rule asks for it', () => {
    const rounded = (text: string): string => formatAmount(new Amount(text).toDecimalPlaces(12));
    expect(rounded('0.0000000000005')).toBe('0');
    expect(rounded('0.0000000000015')).toBe('0.000000000002');
    expect(rounded('0.0000000000025')).toBe('0.000000000002');
  });
});

describe('smallerOf and atLeastZero', () => {
  it('give the smaller amount, and nothing in place of a negative one', () => {
    expect(formatAmount(smallerOf(new Amount(2), new Amount(3)))).toBe('2');
    expect(formatAmount(smallerOf(new Amount(3), new Amount(2)))).toBe('2');
    expect(formatAmount(atLeastZero(new Amount(-1)))).toBe('0');
    expect(formatAmount(atLeastZero(new Amount(1)))).toBe('1');
  });
});
