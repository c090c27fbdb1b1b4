import { type Amount, ZERO } from '#amounts';
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
  const least = Math.max(request.minOutputTokens, 1);
  const amountWith = amountByOutput(terms, { ...request, usages: request.usages.slice(0, last + 1) }, positions);
  // Usages after the last with output cost the same, however much that is.
  const others = full.amount.minus(amountWith(null));
  const rest = available.minus(others);
  const output = mostThatFits(least, Number(most), amountWith, rest);
  if (output === null) return null;
  const usages = request.usages.with(last, { ...usage, output_tokens: output });
  const fit = boundUsages(terms, { ...request, usages }, positions);
  if (!fit.ok) return fit;
  // One limit is told for all usages: it must be right for those before as well.
  return { ...fit, assumed: { maxOutputTokens: Math.min(output, fit.assumed.maxOutputTokens ?? output) } };
}

/** What the last usage costs at most by how much output it has; null: as it says itself. */
function amountByOutput(
  terms: PricingTerms,
  request: BoundedRequest,
  positions: Positions,
): (output: number | null) => Amount {
  const earlier = boundUsages(terms, { ...request, usages: request.usages.slice(0, -1) }, positions);
  const counts = new Map(earlier.ok ? earlier.counts.map(({ counter, count }) => [counter.id, count]) : []);
  const after: Positions = {
    used: (counter) => positions.used(counter),
    reserved: (counter) => positions.reserved(counter).plus(counts.get(counter.id) ?? ZERO),
  };
  return (output) => {
    const usages = request.usages.slice(-1).map((one) => (output === null ? one : { ...one, output_tokens: output }));
    const bound = boundUsages(terms, { ...request, usages }, after);
    // As the whole request is bounded and priced, so is its last usage, also with less output.
    if (!bound.ok) throw new Error('less output has no bound');
    return bound.amount;
  };
}

/**
 * What fits also does with less output. Most prices are straight lines, at least between two tiers: so the line through what
 * fits and what doesn't leads there soon, and halves wherever it doesn't. Null where not even the least fits.
 */
function mostThatFits(
  least: number,
  most: number,
  amountWith: (output: number | null) => Amount,
  available: Amount,
): number | null {
  let fitting = { output: least, amount: amountWith(least) };
  if (fitting.amount.gt(available)) return null;
  let beyond = { output: most, amount: amountWith(null) };
  const tryOutput = (output: number): void => {
    if (output <= fitting.output || output >= beyond.output) return;
    const tried = { output, amount: amountWith(output) };
    if (tried.amount.lte(available)) fitting = tried;
    else beyond = tried;
  };
  while (beyond.output - fitting.output > 1) {
    const share = available.minus(fitting.amount).div(beyond.amount.minus(fitting.amount));
    const guess = fitting.output + Number(share.times(beyond.output - fitting.output).toFixed(0, ROUND_DOWN));
    tryOutput(guess);
    tryOutput(guess + 1);
    tryOutput(fitting.output + Math.floor((beyond.output - fitting.output) / 2));
  }
  return fitting.output;
}
