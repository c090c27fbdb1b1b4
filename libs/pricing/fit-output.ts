import type { Amount } from '#amounts';
import { findPrice } from './applied-price.ts';
import { type Bound, type BoundedRequest, boundUsages } from './bound-usages.ts';
import { chargesOutput } from './bounded-usage.ts';
import type { Positions, PricingTerms } from './pricing.ts';
import { statedQuantity } from './usage.ts';

export interface FittedRequest extends BoundedRequest {
  /** The least output that is still of use. */
  readonly minOutputTokens: number;
}

/**
 * The bound with the most output that costs no more than is available: what `boundUsages` gives where that fits, else with less
 * output of the last usage that is charged for any. Null where not even `minOutputTokens` fit. What makes a request unpriced
 * or unbounded is given as it is.
 */
export function fitOutput(
  terms: PricingTerms,
  request: FittedRequest,
  positions: Positions,
  available: Amount,
): Bound | null {
  const full = boundUsages(terms, request, positions);
  if (!full.ok || full.amount.lte(available)) return full;
  const last = request.usages.findLastIndex((usage) => {
    const price = findPrice(terms, usage, request.tags);
    return price !== null && chargesOutput(price);
  });
  const usage = request.usages[last];
  if (!usage) return null;
  const most = statedQuantity(usage, 'output_tokens')?.floor().toFixed() ?? full.assumed.maxOutputTokens ?? 0;
  const withOutput = (output: number): Bound => {
    const usages = request.usages.with(last, { ...usage, output_tokens: output });
    const bound = boundUsages(terms, { ...request, usages }, positions);
    return bound.ok ? { ...bound, assumed: { maxOutputTokens: output } } : bound;
  };
  const fits = (bound: Bound): boolean => bound.ok && bound.amount.lte(available);
  const least = withOutput(request.minOutputTokens);
  return fits(least) ? largestFitting(request.minOutputTokens, Number(most), withOutput, fits) : null;
}

/** `from` fits, `to` doesn't, and what fits also does with less. */
function largestFitting<T>(from: number, to: number, at: (n: number) => T, fits: (found: T) => boolean): T {
  let [fitting, beyond] = [from, to];
  while (beyond - fitting > 1) {
    const middle = fitting + Math.floor((beyond - fitting) / 2);
    if (fits(at(middle))) fitting = middle;
    else beyond = middle;
  }
  return at(fitting);
}
