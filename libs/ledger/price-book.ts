import type { PriceList, Usage } from '#pricing';
import type { Cost } from './authorization-pricing.ts';

/** The prices that decisions read, in memory. A version of a rate card never changes, so it says the same in every process. */
export interface PriceBook {
  /**
   * The version of a rate card that is in effect.
   *
   * @param card the card's UUID
   * @param at by the account's clock, in milliseconds since 1970
   * @param realNow in real time: no version is in effect before every process can know it
   * @returns `null` where the card isn't in memory
   */
  versionAt(card: string, at: number, realNow: number): number | null;

  /** The prices of a version; `null` where they aren't in memory. */
  prices(card: string, version: number): PriceList | null;

  /** What usages cost the operator at that time; `null` where it isn't known. */
  costOf(environment: string, usages: readonly Usage[], at: number): Cost | null;
}

export const NO_PRICES: PriceBook = { versionAt: () => null, prices: () => null, costOf: () => null };
