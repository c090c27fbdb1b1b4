import { Amount, ZERO } from '#amounts';
import { priceOf, type AccountRef, type Command } from '#ledger';
import { minorUnits } from '#payments';
import { invalidRequest } from '../validation/body-pipe.ts';
import { CHARGEABLE } from '../validation/price.ts';
import type { Offers } from './offers.ts';
import { paymentMethodOf } from './refuse-provider.ts';
import type { CreateTopupBody } from './topup.body.ts';

/**
 * What a body buys, at the price of now.
 *
 * @throws {ProblemError} where it has no price, or the price can't be charged
 */
export async function beginPurchaseCommand(
  offers: Offers,
  account: AccountRef,
  body: CreateTopupBody,
): Promise<Command<'begin_purchase'>> {
  const { environment } = account;
  const { provider } = body;
  const { offer, creditPackage } = body.package
    ? await offers.ofPackage(environment, body.package)
    : { offer: offers.ofCredits(environment, provider), creditPackage: null };
  const credits = creditPackage?.credits ?? new Amount(body.amount ?? '0');
  const price = priceOf(offer, credits);
  if (minorUnits(price, offer.currency).fault !== null) {
    throw invalidRequest([{ field: 'amount', message: `has a price that can’t be charged: it ${CHARGEABLE}` }]);
  }
  return {
    type: 'begin_purchase',
    account,
    credits,
    bonusCredits: creditPackage?.bonusCredits ?? ZERO,
    price,
    currency: offer.currency,
    provider,
    paymentMethod: paymentMethodOf(body),
    customer: body.customer ?? null,
    package: offer.package,
    expiresAfterMs: offer.expiresAfterMs,
    priority: offer.priority,
    metadata: body.metadata ?? {},
  };
}
