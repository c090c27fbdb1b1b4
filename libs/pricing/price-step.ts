import type { Amount } from '#amounts';
import { priceUsages } from './price-usages.ts';
import type { Positions, PricedRequest, Pricing, PricingTerms } from './pricing.ts';
import type { Usage } from './usage.ts';

/** What `priceStep` needs of the steps before. */
export interface EarlierSteps {
  /** Their usage, merged ({@link mergeUsages}). */
  readonly usages: readonly Usage[];
  /** What they were charged beyond what their usage cost when priced together: `excess` of the last one. 0 almost always. */
  readonly excess: Amount;
}

export type StepPricing = Pricing & { readonly excess: Amount };

/** What a further step of an authorization costs: the price of all usage so far less the price of what came before. */
export function priceStep(
  terms: PricingTerms,
  before: EarlierSteps,
  request: PricedRequest,
  positions: Positions,
): StepPricing {
  return { ...priceUsages(terms, request, positions), excess: before.excess };
}
