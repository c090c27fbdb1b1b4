import { type Amount, ZERO } from '#amounts';

const PLACES = 12;

/**
 * Shares an amount of at most 12 decimal places out by weights, in their order. Each part is rounded together with those before
 * it, so that the parts make the whole. Weights that are all zero share alike.
 */
export function shareOut(whole: Amount, weights: readonly Amount[]): readonly Amount[] {
  const sum = weights.reduce((all, weight) => all.plus(weight), ZERO);
  let weight = ZERO;
  let before = ZERO;
  return weights.map((own, index) => {
    weight = sum.isZero() ? weight.plus(1) : weight.plus(own);
    const isLast = index === weights.length - 1;
    const share = whole.times(weight).div(sum.isZero() ? weights.length : sum);
    const upTo = isLast ? whole : share.toDecimalPlaces(PLACES);
    const part = upTo.minus(before);
    before = upTo;
    return part;
  });
}
