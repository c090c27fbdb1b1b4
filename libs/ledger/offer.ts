import { Amount } from '#amounts';

/** What credits cost, as it was fixed when somebody asked for them. */
export interface Offer {
  /** The UUID of the package that is sold; `null`: credits at a price each. */
  readonly package: string | null;
  /** Money for one credit; `null` of a package. */
  readonly pricePerCredit: Amount | null;
  /** Money for the package; `null` of credits at a price each. */
  readonly price: Amount | null;
  /** An ISO 4217 code, in capitals. */
  readonly currency: string;
  /** The least that can be charged in that currency: `0.01`. Each price is a whole number of them. */
  readonly minorUnit: Amount;
  /** How long after the payment the credits expire, in milliseconds; `null`: never. */
  readonly expiresAfterMs: number | null;
  /** Of the grants: those with a lower priority are spent first. */
  readonly priority: number;
}

/**
 * What so many credits cost, in whole minor units: the nearest, of two that are equally near the even one, and at least one. Whatever
 * they are bought by, the same credits have the same price.
 */
export function priceOf({ price, pricePerCredit, minorUnit }: Offer, credits: Amount): Amount {
  if (price !== null) return price;
  if (pricePerCredit === null) throw new Error('an offer has a price');
  return Amount.max(credits.times(pricePerCredit).div(minorUnit).toDecimalPlaces(0), 1).times(minorUnit);
}
