import type { Amount } from '#amounts';
import type { PriceList } from './price-list.ts';
import type { CountedQuantity, Price } from './rate-card.ts';
import type { Tags, Usage } from './usage.ts';

/** By what an account is priced. */
export interface PricingTerms {
  readonly prices: PriceList;
  /** The account's own prices. One that matches beats any price of the card. */
  readonly overrides: PriceList | null;
  /** The part that is taken off every line: 0.2 is 20 % off. */
  readonly discount: Amount;
}

/** What is priced. Each usage is a request of its own. */
export interface PricedRequest {
  readonly usages: readonly Usage[];
  readonly tags: Tags;
  /** Milliseconds since 1970: for multipliers by time of day. */
  readonly at: number;
}

/** Where the counters of an account stand. */
export interface Positions {
  used(counter: CountedQuantity): Amount;
  reserved(counter: CountedQuantity): Amount;
}

/** How much of a counted quantity is used, or may be. */
export interface Count {
  readonly counter: CountedQuantity;
  readonly count: Amount;
}

/** What one component of a price made of a usage. */
export interface Line {
  readonly event: string;
  readonly model: string | null;
  /** The component's index in its price. */
  readonly component: number;
  readonly quantity: string;
  /** How many units: what is included counts too. */
  readonly count: Amount;
  /** The amount for every `per` units; null where several tiers took part. */
  readonly rate: Amount | null;
  readonly amount: Amount;
}

export interface PricedUsage {
  /** The price that applied; null where there is none. */
  readonly price: Price | null;
  readonly lines: readonly Line[];
  /** The sum of its lines. */
  readonly amount: Amount;
}

export interface PricedUsages {
  /** One for each usage, in their order. */
  readonly usages: readonly PricedUsage[];
  readonly amount: Amount;
  /** What the counters move by. */
  readonly counts: readonly Count[];
}

export type Pricing =
  | { readonly ok: true; readonly priced: PricedUsages }
  /** The indexes of the usages without a price, and what the others cost. */
  | { readonly ok: false; readonly unpriced: readonly number[]; readonly rest: PricedUsages };
