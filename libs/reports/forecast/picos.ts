import { Amount } from '#amounts';

const PER_CREDIT = new Amount('1e12');

/**
 * An amount in picos, 10⁻¹² credits each. A forecast adds and compares a few hundred thousand amounts, of any size: whole numbers are
 * exact, and ten times as fast as decimals.
 */
export function picos(amount: Amount): bigint {
  return BigInt(amount.times(PER_CREDIT).toFixed(0));
}

export function amountOf(credits: bigint): Amount {
  return new Amount(credits.toString()).div(PER_CREDIT);
}

/** The part of a whole that belongs to the first `done` of `all` equal pieces; rounded down, so that such parts never add up to more. */
export function partOf(whole: bigint, done: number | bigint, all: number | bigint): bigint {
  return (whole * BigInt(done)) / BigInt(all);
}
