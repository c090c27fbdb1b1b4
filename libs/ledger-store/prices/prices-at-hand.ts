import {
  parsePublicId,
  type AccountState,
  type Authorization,
  type LedgerRules,
  type PlanBook,
  type PriceBook,
} from '#ledger';

/** Whether the prices are in memory that a decision about the account reads at that real time. */
export function hasPricesOf(
  { prices, plans }: Pick<LedgerRules, 'prices' | 'plans'>,
  state: AccountState | undefined,
  now: number,
): boolean {
  if (!state) return true;
  const { rateCard } = state.account.terms;
  const at = now + (state.account.testClock?.aheadMs ?? 0);
  if (rateCard !== null && !hasCard(prices, rateCard, at, now)) return false;
  return state.refills.plan === null || cardsOf(state, plans).every((card) => hasCard(prices, card, at, now));
}

/** The rate cards that an account's usage is priced by, now or once its plan has changed. */
export function cardsOf({ account, refills: { plan } }: AccountState, plans: PlanBook): readonly string[] {
  const { rateCard } = account.terms;
  const own = rateCard === null ? [] : [rateCard];
  if (!plan) return own;
  const { current, next } = plan;
  const newest = [current, next?.to].map((one) => one && plans.versionAt(one.plan, Number.POSITIVE_INFINITY));
  const others = [current?.own.rate_card, ...[next?.to, ...newest].map((one) => one?.terms.rate_card)];
  return [...own, ...others.flatMap((card) => (card ? (parsePublicId('rateCard', card) ?? []) : []))];
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
