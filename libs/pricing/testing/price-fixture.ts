import { Amount, formatAmount, type Json, ZERO } from '#amounts';
import { type BoundedRequest, boundUsages } from '../bound-usages.ts';
import { readPrices } from '../parse-prices.ts';
import type { PriceList } from '../price-list.ts';
import { priceUsages } from '../price-usages.ts';
import type { Line, Positions, PricedUsages, PricingTerms } from '../pricing.ts';
import type { CountedQuantity } from '../rate-card.ts';
import type { Usage } from '../usage.ts';

/** What a spec says of a request; all but the prices and the usage may be left out. */
export interface Terms {
  prices: Json | PriceList;
  overrides?: Json;
  discount?: string;
}

export interface Circumstances {
  tags?: Record<string, string>;
  at?: string;
  positions?: Positions;
  maxOutputTokens?: number | null;
}

/** An account that has used nothing. */
export const UNUSED: Positions = { used: () => ZERO, reserved: () => ZERO };

/** Counters as they stand: how many of a quantity are used, and how many reserved, whatever its counter. */
export function standing(used: string | number, reserved: string | number = 0): Positions {
  return { used: () => new Amount(used), reserved: () => new Amount(reserved) };
}

/** Counters that a spec moves. */
export class TestCounters implements Positions {
  readonly #used = new Map<string, Amount>();

  used({ id }: CountedQuantity): Amount {
    return this.#used.get(id) ?? ZERO;
  }

  reserved(): Amount {
    return ZERO;
  }

  count({ counts }: PricedUsages): void {
    for (const { counter, count } of counts) this.#used.set(counter.id, this.used(counter).plus(count));
  }
}

export function termsOf({ prices, overrides, discount = '0' }: Terms): PricingTerms {
  return {
    prices: Array.isArray(prices) ? readPrices(prices) : (prices as PriceList),
    overrides: overrides === undefined ? null : readPrices(overrides),
    discount: new Amount(discount),
  };
}

export function requestOf(usage: Usage | readonly Usage[], given: Circumstances = {}): BoundedRequest {
  return {
    usages: Array.isArray(usage) ? (usage as readonly Usage[]) : [usage as Usage],
    tags: given.tags ?? {},
    at: Date.parse(given.at ?? '2026-03-01T12:00:00Z'),
    maxOutputTokens: given.maxOutputTokens ?? null,
  };
}

/** What usages cost that all have a price. */
export function priced(terms: Terms, usage: Usage | readonly Usage[], given: Circumstances = {}): PricedUsages {
  const pricing = priceUsages(termsOf(terms), requestOf(usage, given), given.positions ?? UNUSED);
  if (!pricing.ok) throw new Error(`unpriced: ${pricing.unpriced.join()}`);
  return pricing.priced;
}

export function costOf(terms: Terms, usage: Usage | readonly Usage[], given: Circumstances = {}): string {
  return formatAmount(priced(terms, usage, given).amount);
}

/** The hold for usages that all have a price and a bound. */
export function holdFor(terms: Terms, usage: Usage | readonly Usage[], given: Circumstances = {}): string {
  const bound = boundUsages(termsOf(terms), requestOf(usage, given), given.positions ?? UNUSED);
  if (!bound.ok) throw new Error(JSON.stringify(bound));
  return formatAmount(bound.amount);
}

/** A line as JSON has it. */
export function shownLine({ count, rate, amount, ...line }: Line): Json {
  return {
    ...line,
    count: formatAmount(count),
    rate: rate && formatAmount(rate),
    amount: formatAmount(amount),
  };
}
