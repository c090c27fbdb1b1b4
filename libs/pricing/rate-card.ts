import type { Amount } from '#amounts';
import type { Match } from './match.ts';
import type { QuantityGroup } from './quantity-groups.ts';
import type { TimeOfDay } from './time-of-day.ts';

export const PRICING_MODELS = ['per_unit', 'graduated', 'volume', 'package', 'flat'] as const;
export type PricingModel = (typeof PRICING_MODELS)[number];

export const PERIODS = ['day', 'month', 'total'] as const;
/** Over what a quantity is counted: a day or a month of the account's own calendar, or all its time. */
export type Period = (typeof PERIODS)[number];

/** A quantity that is counted over a period: the ledger keeps a counter of it. */
export interface CountedQuantity {
  /** A hash of event, match, quantity and period, in the shape of a UUID: the same in every card and version. */
  readonly id: string;
  readonly period: Period;
}

export interface Tier {
  /** The largest quantity of the tier, in units of the quantity; null in the last tier, which has no end. */
  readonly upTo: Amount | null;
  readonly amount: Amount;
  /** Charged once where the tier is reached. */
  readonly flat: Amount;
  /** How many units lie before it. */
  readonly start: Amount;
  /** What all units before it cost together, where tiers are graduated. */
  readonly before: Amount;
  /** What a unit of it costs in picos; null where that isn't a safe integer, and where there is a flat amount. */
  readonly picos: number | null;
}

/** Another amount for requests whose total input is above `inputTokens`. */
export interface ContextRate {
  readonly inputTokens: Amount;
  readonly amount: Amount;
}

/** What one quantity costs. */
export interface Component {
  readonly quantity: string;
  readonly pricing: PricingModel;
  /** How many units the amounts are for. */
  readonly per: Amount;
  /** 1 ÷ `per` where `per` is a power of ten: a product is cheaper than a quotient. */
  readonly perReciprocal: Amount | null;
  /** Null where there are tiers. */
  readonly amount: Amount | null;
  /** Of `graduated` and `volume`, ascending; empty otherwise. */
  readonly tiers: readonly Tier[];
  /** Ascending. */
  readonly aboveContext: readonly ContextRate[];
  /** The least that a request pays which uses more than what is included. */
  readonly minimum: Amount | null;
  /** How many units are free. */
  readonly included: Amount;
  readonly counted: 'request' | Period;
  /** The counter of a quantity that is counted over a period; null for `request`. */
  readonly counter: CountedQuantity | null;
  /**
   * What a unit costs in picos, wherever counters stand; null where that isn't a safe integer, and where there are tiers, contexts,
   * a minimum or free units.
   */
  readonly picos: number | null;
}

/** A factor for everything that a usage costs, where it matches. All that match apply. */
export interface Multiplier {
  readonly match: Match;
  readonly time: TimeOfDay | null;
  readonly by: Amount;
}

/** What usage of one event costs, where it matches. */
export interface Price {
  readonly event: string;
  readonly match: Match;
  readonly components: readonly Component[];
  /** Which components price parts of which quantity. */
  readonly groups: readonly QuantityGroup[];
  readonly multipliers: readonly Multiplier[];
  /**
   * Whether whole units cost whole picos: every component has its `picos`, or tiers that have theirs and count over a period; and
   * there are no multipliers.
   */
  readonly isPlain: boolean;
  /** How many output tokens a hold is for where neither the usage nor the request says it. */
  readonly maxOutputTokens: number | null;
}
