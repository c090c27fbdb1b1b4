import { readPrices, type PriceList, type Usage } from '#pricing';
import { Amount, type JsonObject } from '#amounts';
import type { Cost } from '../authorization-pricing.ts';
import type { PriceBook } from '../price-book.ts';

/** Rate cards in memory. A version is in effect from its publication on. */
export class TestPrices implements PriceBook {
  private readonly cards = new Map<string, { readonly from: number; readonly prices: PriceList }[]>();

  /** Publishes the next version of a card. @param from the clock of accounts, in milliseconds since 1970 */
  publish(card: string, prices: readonly JsonObject[], from: number): void {
    this.cards.set(card, [...(this.cards.get(card) ?? []), { from, prices: readPrices(prices) }]);
  }

  versionAt(card: string, at: number): number | null {
    const known = this.cards.get(card);
    return known ? Math.max(1, known.findLastIndex(({ from }) => from <= at) + 1) : null;
  }

  prices(card: string, version: number): PriceList | null {
    return this.cards.get(card)?.[version - 1]?.prices ?? null;
  }

  /** A model whose name begins with `known` costs 1 USD a usage. */
  costOf(_environment: string, usages: readonly Usage[]): Cost | null {
    const isKnown = usages.every(({ model = '' }) => model.startsWith('known'));
    return isKnown ? { amount: new Amount(usages.length), currency: 'USD' } : null;
  }
}
