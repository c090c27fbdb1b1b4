import type { AccountState, Authorization, PlanBook } from '#ledger';
import { cardsOf } from './prices-at-hand.ts';
import type { WantedPrices } from './price-source.ts';

/**
 * The prices that decisions about accounts and authorizations may read.
 *
 * @param rateCards cards that accounts are about to get
 */
export function wantedPrices(
  accounts: Iterable<AccountState>,
  authorizations: Iterable<Authorization>,
  rateCards: readonly string[],
  plans: PlanBook,
): WantedPrices[] {
  const wanted: WantedPrices[] = [];
  const cards = new Set(rateCards);
  for (const account of accounts) for (const card of cardsOf(account, plans)) cards.add(card);
  for (const card of cards) wanted.push({ card, version: 'current and later' });
  for (const { pricing } of authorizations) {
    if (pricing?.price) wanted.push({ card: pricing.price.card, version: pricing.price.version });
  }
  return wanted;
}
