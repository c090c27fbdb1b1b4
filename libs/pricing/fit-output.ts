import type { Amount } from '#amounts';
import { type Bound, type BoundedRequest, boundUsages } from './bound-usages.ts';
import type { Positions, PricingTerms } from './pricing.ts';

export interface FittedRequest extends BoundedRequest {
  readonly minOutputTokens: number;
}

/**
 * The bound with the largest output, from `minOutputTokens` to what would be assumed otherwise, that costs at most
 * `available`; null where not even the smallest does. The last usage that has output gives way.
 */
export function fitOutput(
  terms: PricingTerms,
  request: FittedRequest,
  positions: Positions,
  available: Amount,
): Bound | null {
  const bound = boundUsages(terms, request, positions);
  return !bound.ok || bound.amount.lte(available) ? bound : null;
}
