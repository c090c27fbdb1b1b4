import type { Amount } from '#amounts';

/** How much of a whole a part is, in percent, rounded down to at most two decimals. Of nothing, anything is all. */
export function percentOf(part: Amount, whole: Amount): string {
  if (whole.isZero()) return '100';
  // A division to whole hundredths of a percent works out no digit that isn't shown.
  return part.times(10_000).divToInt(whole).div(100).toFixed();
}
