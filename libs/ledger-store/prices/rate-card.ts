import type { Json } from '#amounts';

export const RATE_CARD_PURPOSES = ['price', 'cost'] as const;
/** Whether it says what customers pay, in credits, or what vendors charge, in money. */
export type RateCardPurpose = (typeof RATE_CARD_PURPOSES)[number];

/** Times are milliseconds since 1970. */
export interface RateCard {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  /** The unit of its amounts: that of the accounts that use it, or a currency. */
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  readonly archivedAt: number | null;
  readonly createdAt: number;
}

/** A version without its prices, which may take much room. */
export interface ListedVersion {
  /** Counted from 1. */
  readonly version: number;
  /** By the clock of an account. The first version has always been in effect, whatever this says. */
  readonly effectiveAt: number;
  /** By real time: from then on, every process has it. */
  readonly knownFrom: number;
  readonly createdAt: number;
}

export interface RateCardVersion extends ListedVersion {
  /** As they were sent. */
  readonly prices: Json;
}

/** A card as one of its versions shows it. */
export interface VersionedRateCard {
  readonly card: RateCard;
  readonly version: RateCardVersion;
}

export interface ListedRateCard {
  readonly card: RateCard;
  readonly version: ListedVersion;
}
