import { InvalidArgumentError } from 'commander';
import { type Amount, parseAmount } from '#amounts';

export function wholeNumberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** For shares and factors; amounts are never read this way. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(?:\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
  };
}

export function amountAboveZero(text: string): Amount {
  const amount = parseAmount(text);
  if (amount?.greaterThan(0)) return amount;
  throw new InvalidArgumentError('Give an amount above 0 in digits, with at most 12 after the point, e.g. 0.000003.');
}

/** Account ids and idempotency keys begin with it, so it keeps to what they may contain. */
export function runName(text: string): string {
  if (/^[A-Za-z0-9_.:-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 100 of the characters A–Z a–z 0–9 _ . : -');
}

export function serviceUrl(text: string): string {
  if (URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Give a URL like http://127.0.0.1:3000.');
}
