import { type Amount, type JsonObject, ZERO } from '#amounts';
import type { Cost, Usage } from '#pricing';

export type { Cost };

/** An account's own prices, which come before those of its rate card. */
export interface Overrides {
  /** Counted from 1; every change makes another one, and what was priced by an earlier one keeps it. */
  readonly version: number;
  readonly prices: readonly JsonObject[];
}

/**
 * What an authorization is priced by: fixed when it is made, by an amount too, because its commits may be by usage. Later
 * versions of the card and later terms of the account don't touch it. The time of day that prices may depend on is that of
 * its creation.
 */
export interface FrozenPrice {
  /** The UUID of the rate card. */
  readonly card: string;
  readonly version: number;
  /** The part that is taken off, from 0 to 1. */
  readonly discount: Amount;
  readonly overrides: Overrides | null;
}

/**
 * How sure a commit's usage is: what the vendor reported, an estimate (the stream broke off), unknown (the hold is charged), or
 * no price was found for it (at least the hold is charged).
 */
export const SETTLEMENTS = ['exact', 'estimated', 'unknown', 'unpriced'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** What pricing has made of an authorization so far. It is never changed in place. */
export interface AuthorizationPricing {
  /** `null`: its account had no rate card. */
  readonly price: FrozenPrice | null;
  /** The most output tokens that the hold allows for, where the request's usage didn't say. */
  readonly maxOutputTokens: number | null;
  /** Whether its hold is the most that usage can cost, and not an amount that was named. */
  readonly isByUsage: boolean;
  /** What extensions by usage hold for, together. */
  readonly extended: readonly Usage[];
  /** What its commits by usage said together, as far as prices can tell it apart. */
  readonly usage: readonly Usage[];
  /** What they were charged beyond what their usage costs when priced together; 0 almost always. */
  readonly excess: Amount;
  /**
   * How sure the last commit was, but `unpriced` once one was; `null` before the first one, and where only amounts were
   * committed.
   */
  readonly settlement: Settlement | null;
  /** What adjustments have taken off what was stated before, beyond what wasn't collected. */
  readonly adjustedDown: Amount;
  /** What of that wasn't given back, because as much had been refunded already. */
  readonly notGivenBack: Amount;
  /** What adjustments have taken off what wasn't collected. */
  readonly uncollectedDown: Amount;
  /** What the vendors ask for it; `null` where nothing of it is known. */
  readonly cost: Cost | null;
}

export const NOT_PRICED: AuthorizationPricing = {
  price: null,
  maxOutputTokens: null,
  isByUsage: false,
  extended: [],
  usage: [],
  excess: ZERO,
  settlement: null,
  adjustedDown: ZERO,
  notGivenBack: ZERO,
  uncollectedDown: ZERO,
  cost: null,
};
