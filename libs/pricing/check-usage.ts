import { formatAmount } from '#amounts';
import { placeOf } from './quantity-groups.ts';
import { statedQuantity, type Usage } from './usage.ts';

/** Why the quantities of a usage make no sense: a part beyond its whole, or without it. Null where they do. */
export function usageFault(usage: Usage): string | null {
  for (const part of Object.keys(usage)) {
    const place = placeOf(part);
    if (!place || isNumberWithin(usage[part], usage[place.whole])) continue;
    const count = statedQuantity(usage, part);
    if (!count || count.isZero()) continue;
    const whole = statedQuantity(usage, place.whole);
    if (!whole) return `must have ${place.whole}, which ${part} is a part of`;
    if (count.gt(whole)) {
      const limit = `${place.whole} (${formatAmount(whole)})`;
      return `must not have more ${part} (${formatAmount(count)}) than ${limit}, which they are a part of`;
    }
  }
  return null;
}

function isNumberWithin(part: unknown, whole: unknown): boolean {
  return typeof part === 'number' && typeof whole === 'number' && part <= whole;
}
