import type { Amount, JsonObject } from '#amounts';
import {
  boundUsages,
  type Bound,
  type Count,
  priceUsages,
  readPrices,
  type PricedUsages,
  type PricedRequest,
  type PriceList,
  type PricingTerms,
} from '#pricing';
import { type FrozenPrice, NOT_PRICED, type AuthorizationPricing, type Overrides } from '../authorization-pricing.ts';
import { NO_OUTPUT_LIMITS, type Authorize, type SpendRequest } from '../commands.ts';
import { accepted, refused, type Outcome, type Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { positionsOf } from './count.ts';

/** What a request asks for, once its usage has a price. */
export interface Asked {
  readonly amount: Amount;
  readonly pricing: AuthorizationPricing | null;
  /** What of it is counted over periods. */
  readonly counts: readonly Count[];
}

/** What is fixed when an authorization is made; `null` where its account has no rate card. */
function freezePrice(context: DecisionContext, account: AccountState): FrozenPrice | null {
  const { rateCard: card, discount } = account.account.terms;
  if (card === null) return null;
  const version = context.rules.prices.versionAt(card, timeOf(context, account), context.realNow);
  if (version === null) throw new Error(`the rate card ${card} was not loaded`);
  return { card, version, discount, overrides: overridesOf(account) };
}

function overridesOf({ account }: AccountState): Overrides | null {
  const { overrides } = account.terms;
  return overrides.length === 0 ? null : { version: account.overridesVersion, prices: overrides };
}

export function pricingTerms(
  context: DecisionContext,
  { card, version, discount, overrides }: FrozenPrice,
): PricingTerms {
  const prices = context.rules.prices.prices(card, version);
  if (!prices) throw new Error(`version ${String(version)} of the rate card ${card} was not loaded`);
  return { prices, discount, overrides: overrides && priceListOf(overrides.prices) };
}

const lists = new WeakMap<readonly JsonObject[], PriceList>();

/** Own prices are read once for all decisions that they stand in memory for. */
function priceListOf(prices: readonly JsonObject[]): PriceList {
  const known = lists.get(prices);
  if (known) return known;
  const list = readPrices(prices);
  lists.set(prices, list);
  return list;
}

/** What a hold for this must cover: the amount that it names, or the most that its usage can cost. */
export function askToHold(context: DecisionContext, account: AccountState, request: Authorize): Outcome<Asked> {
  const price = freezePrice(context, account);
  if (request.amount) return accepted(askedByAmount(request.amount, price));
  if (!price) return refused({ code: 'no_rate_card', account: account.account.id });
  const asked = {
    ...pricedRequest(context, account, request),
    maxOutputTokens: (request.output ?? NO_OUTPUT_LIMITS).max,
  };
  const bound = boundUsages(pricingTerms(context, price), asked, positionsOf(context, account, null));
  if (!bound.ok) return refused(unbounded(bound));
  const pricing = { ...NOT_PRICED, price, isByUsage: true, maxOutputTokens: bound.assumed.maxOutputTokens };
  return accepted({ amount: bound.amount, pricing, counts: bound.counts });
}

/** Why a hold for some usage has no bound. */
export function unbounded(bound: Exclude<Bound, { readonly ok: true }>): Refusal {
  if ('unbounded' in bound) return { code: 'output_unbounded', index: bound.unbounded };
  return { code: 'unpriced_usage', usage: bound.unpriced };
}

/** What a request costs at once, by its amount or by its usage. */
export function askToCharge(
  context: DecisionContext,
  account: AccountState,
  request: SpendRequest,
): Outcome<Asked & { readonly priced: PricedUsages | null }> {
  const price = freezePrice(context, account);
  if (request.amount) return accepted({ ...askedByAmount(request.amount, price), priced: null });
  if (!price) return refused({ code: 'no_rate_card', account: account.account.id });
  const asked = pricedRequest(context, account, request);
  const pricing = priceUsages(pricingTerms(context, price), asked, positionsOf(context, account, null));
  if (!pricing.ok) return refused({ code: 'unpriced_usage', usage: pricing.unpriced });
  const { priced } = pricing;
  return accepted({ amount: priced.amount, pricing: { ...NOT_PRICED, price }, counts: priced.counts, priced });
}

function askedByAmount(amount: Amount, price: FrozenPrice | null): Asked {
  return { amount, pricing: price && { ...NOT_PRICED, price }, counts: [] };
}

function pricedRequest(context: DecisionContext, account: AccountState, { usage, tags }: SpendRequest): PricedRequest {
  return { usages: usage, tags, at: timeOf(context, account) };
}
