import { Amount, amountOrNull, formatAmount, type JsonObject } from '#amounts';
import type { AutoTopup, TopupCap, TopupSize } from './auto-topup.ts';
import type { Offer } from './offer.ts';
import type { Stored } from './stored.ts';

/** Reads a rule as it is stored. */
export function autoTopupFrom(json: JsonObject): AutoTopup {
  const { threshold, buys, offer, maxPerPeriod, ...rest } = json as unknown as Stored<AutoTopup>;
  return {
    ...rest,
    threshold: new Amount(threshold),
    buys: sizeFrom(buys),
    offer: offerFrom(offer),
    maxPerPeriod: maxPerPeriod && capFrom(maxPerPeriod),
  };
}

export function autoTopupJson({ threshold, buys, offer, maxPerPeriod, ...rest }: AutoTopup): JsonObject {
  return {
    ...rest,
    threshold: formatAmount(threshold),
    buys: sizeJson(buys),
    offer: offerJson(offer),
    maxPerPeriod: maxPerPeriod && capJson(maxPerPeriod),
  };
}

function sizeFrom(size: Stored<TopupSize>): TopupSize {
  if ('amount' in size) return { amount: new Amount(size.amount) };
  if ('target' in size) return { target: new Amount(size.target) };
  return { package: size.package, credits: new Amount(size.credits), bonus: new Amount(size.bonus) };
}

function sizeJson(size: TopupSize): JsonObject {
  if ('amount' in size) return { amount: formatAmount(size.amount) };
  if ('target' in size) return { target: formatAmount(size.target) };
  return { package: size.package, credits: formatAmount(size.credits), bonus: formatAmount(size.bonus) };
}

function offerFrom({ pricePerCredit, price, minorUnit, ...rest }: Stored<Offer>): Offer {
  return {
    ...rest,
    pricePerCredit: amountOrNull(pricePerCredit),
    price: amountOrNull(price),
    minorUnit: new Amount(minorUnit),
  };
}

function offerJson({ pricePerCredit, price, minorUnit, ...rest }: Offer): JsonObject {
  return {
    ...rest,
    pricePerCredit: pricePerCredit && formatAmount(pricePerCredit),
    price: price && formatAmount(price),
    minorUnit: formatAmount(minorUnit),
  };
}

function capFrom({ amount, ...rest }: Stored<TopupCap>): TopupCap {
  return { ...rest, amount: amountOrNull(amount) };
}

function capJson({ amount, ...rest }: TopupCap): JsonObject {
  return { ...rest, amount: amount && formatAmount(amount) };
}
