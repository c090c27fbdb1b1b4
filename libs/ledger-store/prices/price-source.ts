import type { LeaseSource } from '../limits/lease-source.ts';
import { NO_PRICES, NO_RULES, type LedgerRules, type PriceBook } from '#ledger';

/** Prices that decisions will read: one version of a rate card, or all that may be in effect for some account now or later. */
export interface WantedPrices {
  /** The card's UUID. */
  readonly card: string;
  readonly version: number | 'current and later';
}

/** A price book that loads what isn't in memory. */
export interface PriceSource extends PriceBook {
  /** @throws {LedgerUnavailable} where the database isn't there */
  ensure(wanted: readonly WantedPrices[]): Promise<void>;
}

/** What holds for all accounts, and where its prices come from. */
export interface StoreRules extends LedgerRules {
  readonly prices: PriceSource;
  /** Absent where there are no limits over many accounts. */
  readonly leases?: LeaseSource;
}

const NO_PRICE_SOURCE: PriceSource = { ...NO_PRICES, ensure: () => Promise.resolve() };
export const NO_STORE_RULES: StoreRules = { ...NO_RULES, prices: NO_PRICE_SOURCE };
