import { AlikeMatches } from './alike-matches.ts';
import type { PriceFault } from './price-fault.ts';
import type { Price } from './rate-card.ts';
import { specificityKey } from './specificity.ts';

/** Faults for prices that tie with an earlier one: a usage could match both, and neither is more specific. */
export function findTies(prices: readonly Price[], root: string): readonly PriceFault[] {
  const earlier = new Map<string, AlikeMatches>();
  return prices.flatMap(({ event, match }, index) => {
    const key = `${specificityKey(match)} ${event}`;
    const alike = earlier.get(key) ?? new AlikeMatches();
    earlier.set(key, alike);
    const tied = alike.findTied(match);
    alike.add(match, index);
    return tied === null ? [] : [{ field: `${root}[${String(index)}].match`, message: messageOf(root, tied) }];
  });
}

function messageOf(root: string, index: number): string {
  const other = `${root}[${String(index)}]`;
  return `must differ from that of ${other}: usage can match both, and neither is more specific. Name more in one of them`;
}
