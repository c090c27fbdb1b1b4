import type { Amount } from '#amounts';
import { findPrice } from './applied-price.ts';
import { type Bound, type BoundedRequest, boundUsages } from './bound-usages.ts';
import { chargesOutput } from './bounded-usage.ts';
import type { Positions, PricingTerms } from './pricing.ts';
import { statedQuantity } from './usage.ts';

const ROUND_DOWN = 1;

export interface FittedRequest extends BoundedRequest {
  /** The least output that is still of use, 1 or more. */
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
  const withOutput = (output: number): Fit => {
    const usages = request.usages.with(last, { ...usage, output_tokens: output });
    const bound = boundUsages(terms, { ...request, usages }, positions);
    // As the full one is bounded and priced, so is one with less output.
    if (!bound.ok) throw new Error('less output has no bound');
    return { ...bound, assumed: { maxOutputTokens: output } };
  };
  const least = withOutput(Math.max(request.minOutputTokens, 1));
  if (least.amount.gt(available)) return null;
  return mostThatFits(least, { output: Number(most), amount: full.amount }, withOutput, available);
}

type Fit = Extract<Bound, { ok: true }> & { readonly assumed: { readonly maxOutputTokens: number } };

/**
 * What fits also does with less output: so halves find the most that does. Most prices are straight lines, for which the first
 * two guesses find it.
 */
function mostThatFits(
  least: Fit,
  tooMuch: { readonly output: number; readonly amount: Amount },
  withOutput: (output: number) => Fit,
  available: Amount,
): Fit {
  let fitting = least;
  let beyond = tooMuch.output;
  const tryOutput = (output: number): void => {
    if (output <= fitting.assumed.maxOutputTokens || output >= beyond) return;
    const fit = withOutput(output);
    if (fit.amount.lte(available)) fitting = fit;
    else beyond = output;
  };
  const from = least.assumed.maxOutputTokens;
  const share = available.minus(least.amount).div(tooMuch.amount.minus(least.amount));
  const guess = from + Number(share.times(beyond - from).toFixed(0, ROUND_DOWN));
  tryOutput(guess);
  tryOutput(guess + 1);
  while (beyond - fitting.assumed.maxOutputTokens > 1) {
    tryOutput(fitting.assumed.maxOutputTokens + Math.floor((beyond - fitting.assumed.maxOutputTokens) / 2));
  }
  return fitting;
}
