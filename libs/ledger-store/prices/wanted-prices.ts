import type { AccountState, Authorization } from '#ledger';
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
): WantedPrices[] {
  const wanted: WantedPrices[] = [];
  const cards = new Set(rateCards);
  for (const { account } of accounts) if (account.terms.rateCard !== null) cards.add(account.terms.rateCard);
  for (const card of cards) wanted.push({ card, version: 'current and later' });
  for (const { pricing } of authorizations) {
    if (pricing?.price) wanted.push({ card: pricing.price.card, version: pricing.price.version });
  }
  return wanted;
}
