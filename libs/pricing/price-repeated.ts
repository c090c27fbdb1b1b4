import { Amount } from '#amounts';
import { applyPrice, findPrice, findsNothing, linesOf, type AppliedPrice } from './applied-price.ts';
import { pricedUsage, pricingOf } from './price-usages.ts';
import type { Line, Positions, PricedRequest, PricedUsage, Pricing, PricingTerms } from './pricing.ts';
import { RunningCounts } from './running-counts.ts';
import type { Usage } from './usage.ts';

/** A usage, and how many requests use that. */
export interface RepeatedUsage {
  readonly usage: Usage;
  /** A whole number, 1 or more. */
  readonly times: number;
}

export type RepeatedRequest = Omit<PricedRequest, 'usages'> & { readonly usages: readonly RepeatedUsage[] };

/**
 * What many equal requests cost, one after the other, without pricing each. A line is that of one request, as many times;
 * a quantity that is counted over a period goes on through its tiers, and its line is rounded once for all requests.
 */
export function priceRepeatedUsages(terms: PricingTerms, request: RepeatedRequest, positions: Positions): Pricing {
  const running = new RunningCounts();
  const unpriced: number[] = [];
  const each = { ...request, usages: [] };
  const usages = request.usages.map(({ usage, times }, index): PricedUsage => {
    const price = findPrice(terms, usage, request.tags);
    const applied = price && applyPrice(terms, price, usage, each);
    if (!applied || findsNothing(applied)) unpriced.push(index);
    return pricedUsage(price, applied ? repeatedLines(applied, times, positions, running) : []);
  });
  return pricingOf(usages, unpriced, running);
}

function repeatedLines(
  applied: AppliedPrice,
  repeated: number,
  positions: Positions,
  running: RunningCounts,
): readonly Line[] {
  if (repeated === 1) return linesOf(applied, positions, running);
  const times = new Amount(repeated);
  const { components } = applied.price;
  const counts = applied.counts.map((count, index) => (components[index]?.counter ? count.times(times) : count));
  return linesOf({ ...applied, counts, wholes: null }, positions, running).map((line) =>
    components[line.component]?.counter
      ? line
      : { ...line, count: line.count.times(times), amount: line.amount.times(times) },
  );
}
