import { Decimal } from 'decimal.js';

/**
 * An exact amount of credits. 80 significant digits leave every sum and difference of `NUMERIC(38,12)` values exact.
 * Rounding, where a rule asks for it, is half-even.
 */
export const Amount = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_EVEN });
export type Amount = Decimal;

export const ZERO: Amount = new Amount(0);

/** An amount as clients write it. */
export const PLAIN_DECIMAL = /^\d{1,26}(?:\.\d{1,12})?$/;

/**
 * Reads an amount as clients write it: digits, at most 26 before and 12 after the point; no sign, no exponent.
 * Anything else, a JSON number included, is `null`.
 */
export function parseAmount(text: unknown): Amount | null {
  return typeof text === 'string' && PLAIN_DECIMAL.test(text) ? new Amount(text) : null;
}

/** Reads an amount as it is stored, where there is one. */
export function amountOrNull(text: string | null): Amount | null {
  return text === null ? null : new Amount(text);
}

/** Writes an amount in plain notation without trailing zeros: `12.5`, `0.000000000001`, `-3`. */
export function formatAmount(amount: Amount): string {
  return amount.toFixed();
}

export function smallerOf(a: Amount, b: Amount): Amount {
  return a.lt(b) ? a : b;
}

export function atLeastZero(amount: Amount): Amount {
  return amount.isNegative() ? ZERO : amount;
}
