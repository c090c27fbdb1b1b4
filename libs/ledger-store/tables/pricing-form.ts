import { Amount, formatAmount, ZERO } from '#amounts';
import { NOT_PRICED, type AuthorizationPricing, type Cost, type Settlement, type Usage } from '#ledger';
import { jsonAs } from './kind.ts';

/**
 * What an authorization is priced by, and what became of it. What is as in most authorizations is left out. Own prices of the
 * account stand in `account_overrides`, by their version.
 */
export interface StoredPricing {
  /** `["<rate card>", <version>, "<discount>", <version of the overrides> or absent for none]` */
  readonly price?: readonly [card: string, version: number, discount: string, overrides?: number];
  readonly max_output_tokens?: number;
  readonly by_usage?: true;
  readonly extended?: readonly Usage[];
  readonly usage?: readonly Usage[];
  readonly excess?: string;
  readonly settlement?: Settlement;
  readonly adjusted_down?: string;
  readonly not_given_back?: string;
  readonly uncollected_down?: string;
  /** `["<amount>", "<currency>"]` */
  readonly cost?: readonly [amount: string, currency: string];
}

export const pricing = jsonAs<AuthorizationPricing, StoredPricing>(pricingFrom, storedPricing);

function pricingFrom(stored: StoredPricing): AuthorizationPricing {
  const { price, max_output_tokens: maxOutputTokens = null, usage = [], settlement = null, cost } = stored;
  return {
    ...NOT_PRICED,
    price: price ? priceFrom(price) : null,
    maxOutputTokens,
    usage,
    excess: amountFrom(stored.excess),
    settlement,
    isByUsage: stored.by_usage ?? false,
    extended: stored.extended ?? [],
    adjustedDown: amountFrom(stored.adjusted_down),
    notGivenBack: amountFrom(stored.not_given_back),
    uncollectedDown: amountFrom(stored.uncollected_down),
    cost: cost ? { amount: new Amount(cost[0]), currency: cost[1] } : null,
  };
}

function priceFrom([card, version, discount, overrides]: NonNullable<StoredPricing['price']>) {
  const ownPrices = overrides === undefined ? null : { version: overrides, prices: [] };
  return { card, version, discount: amountFrom(discount), overrides: ownPrices };
}

function amountFrom(text: string | undefined): Amount {
  return text === undefined || text === '0' ? ZERO : new Amount(text);
}

function storedPricing(of: AuthorizationPricing): StoredPricing {
  const { price, maxOutputTokens, usage, excess, settlement, adjustedDown, uncollectedDown, cost } = of;
  return {
    ...(price && { price: storedPrice(price) }),
    ...(maxOutputTokens !== null && { max_output_tokens: maxOutputTokens }),
    ...(of.isByUsage && { by_usage: true as const }),
    ...(of.extended.length > 0 && { extended: of.extended }),
    ...(usage.length > 0 && { usage }),
    ...(!excess.isZero() && { excess: formatAmount(excess) }),
    ...(settlement && { settlement }),
    ...(!adjustedDown.isZero() && { adjusted_down: formatAmount(adjustedDown) }),
    ...(!of.notGivenBack.isZero() && { not_given_back: formatAmount(of.notGivenBack) }),
    ...(!uncollectedDown.isZero() && { uncollected_down: formatAmount(uncollectedDown) }),
    ...(cost && { cost: storedCost(cost) }),
  };
}

function storedPrice({ card, version, discount, overrides }: NonNullable<AuthorizationPricing['price']>) {
  const price = [card, version, formatAmount(discount)] as const;
  return overrides ? ([...price, overrides.version] as const) : price;
}

function storedCost({ amount, currency }: Cost) {
  return [formatAmount(amount), currency] as const;
}
