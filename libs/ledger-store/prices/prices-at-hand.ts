import type { AccountState, Authorization, PriceBook } from '#ledger';

/** Whether the prices are in memory that a decision about the account reads at that real time. */
export function hasPricesOf(prices: PriceBook, state: AccountState | undefined, now: number): boolean {
  const card = state?.account.terms.rateCard ?? null;
  return !state || card === null || hasCard(prices, card, now + (state.account.testClock?.aheadMs ?? 0), now);
}

/** Whether the prices are in memory that an authorization is priced by. */
export function hasPriceOf(prices: PriceBook, authorization: Authorization | undefined): boolean {
  const price = authorization?.pricing?.price;
  return !price || prices.prices(price.card, price.version) !== null;
}

/** Whether a card's version is in memory that is in effect at an instant of an account's time. */
export function hasCard(prices: PriceBook, card: string, at: number, now: number): boolean {
  const version = prices.versionAt(card, at, now);
  return version !== null && prices.prices(card, version) !== null;
}
