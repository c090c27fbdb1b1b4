import type { PriceFault } from './price-fault.ts';
import type { Price } from './rate-card.ts';
import { overlap, specificityKey } from './specificity.ts';

/** Faults for prices that tie with an earlier one: a usage could match both, and neither is more specific. */
export function findTies(prices: readonly Price[], root: string): readonly PriceFault[] {
  const earlierAlike = new Map<string, { price: Price; index: number }[]>();
  return prices.flatMap((price, index) => {
    const key = `${specificityKey(price.match)} ${price.event}`;
    const alike = earlierAlike.get(key) ?? [];
    earlierAlike.set(key, alike);
    const tied = alike.find((other) => overlap(other.price.match, price.match));
    alike.push({ price, index });
    return tied ? [{ field: `${root}[${String(index)}].match`, message: messageOf(root, tied.index) }] : [];
  });
}

function messageOf(root: string, index: number): string {
  const other = `${root}[${String(index)}]`;
  return `must differ from that of ${other}: usage can match both, and neither is more specific. Name more in one of them`;
}
