import { type Amount, Amount as Exact, ZERO } from '#amounts';
import type { Price } from './rate-card.ts';
import { statedQuantity, statedWhole, type Usage } from './usage.ts';

const ONE = new Exact(1);

/**
 * How many units each component of a price charges. A part with a price is taken off its whole, as far as there is some left,
 * so that no unit is charged twice.
 */
export function countQuantities(price: Price, usage: Usage): readonly Amount[] {
  const counts = new Array<Amount>(price.components.length).fill(ZERO);
  for (const { whole, wholeComponent, parts } of price.groups) {
    const stated = statedQuantity(usage, whole) ?? (whole === 'requests' ? ONE : null);
    let left = stated ?? ZERO;
    for (const part of parts) {
      const count = statedQuantity(usage, price.components[part]?.quantity ?? '') ?? ZERO;
      // Parts of a whole that isn't stated are charged as they are.
      const taken = stated === null || count.lt(left) ? count : left;
      if (stated !== null) left = left.minus(taken);
      counts[part] = taken;
    }
    if (wholeComponent !== null) counts[wholeComponent] = left;
  }
  return counts;
}

/** The same as numbers, which nearly all counts are; null where one of them isn't whole. */
export function countWholes({ components, groups }: Price, usage: Usage): readonly number[] | null {
  const counts = new Array<number>(components.length).fill(0);
  for (const { whole, wholeComponent, parts } of groups) {
    const stated = statedWhole(usage, whole) ?? (whole === 'requests' ? 1 : null);
    let left = stated ?? 0;
    for (const part of parts) {
      const count = statedWhole(usage, components[part]?.quantity ?? '') ?? 0;
      const taken = stated === null ? count : Math.min(count, left);
      if (stated !== null) left -= taken;
      counts[part] = taken;
    }
    if (wholeComponent !== null) counts[wholeComponent] = left;
  }
  return counts.some(Number.isNaN) ? null : counts;
}
