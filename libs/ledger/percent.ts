import { Amount } from '#amounts';

/** How much of a whole a part is, in percent, rounded down to at most two decimals. Of nothing, anything is all. */
export function percentOf(part: Amount, whole: Amount): string {
  if (whole.isZero()) return '100';
  return part.times(100).div(whole).toDecimalPlaces(2, Amount.ROUND_DOWN).toFixed();
}
