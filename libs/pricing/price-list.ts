import { isMatch } from './match.ts';
import type { Price } from './rate-card.ts';
import type { Tags, Usage } from './usage.ts';

/** The prices of a card's version, or those that are an account's own. */
export class PriceList {
  readonly prices: readonly Price[];

  constructor(prices: readonly Price[]) {
    this.prices = prices;
  }

  /** The price of a usage: of those that match, the most specific; null where none matches. */
  find(usage: Usage, tags: Tags): Price | null {
    return this.prices.find((price) => price.event === usage.event && isMatch(price.match, usage, tags)) ?? null;
  }
}
