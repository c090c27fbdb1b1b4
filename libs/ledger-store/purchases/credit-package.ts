import type { Amount } from '#amounts';

/** What a package is, and what it costs. */
export interface CreditPackageTerms {
  /** For people. */
  readonly name: string;
  readonly credits: Amount;
  /** Given with the credits, for the same price. */
  readonly bonusCredits: Amount;
  /** Money, more than zero, in whole minor units of the currency. */
  readonly price: Amount;
  /** An ISO 4217 code, in capitals. */
  readonly currency: string;
  /** Seconds after the payment, when the credits expire; `null`: never. */
  readonly expiresAfterSeconds: number | null;
  /** Of the grants: those with a lower priority are spent first; 0 to 255. */
  readonly priority: number;
}

/** Credits that an environment sells at a price. Times are milliseconds since 1970. */
export interface CreditPackage extends CreditPackageTerms {
  readonly id: string;
  readonly environment: string;
  /** When it was taken off the market; `null`: it is sold. */
  readonly archivedAt: number | null;
  readonly createdAt: number;
}

/** What of a package is to be changed. */
export interface CreditPackageChange {
  readonly terms: Partial<CreditPackageTerms>;
  /** Whether it is to be sold no longer; `null`: as it is. */
  readonly archived: boolean | null;
}
