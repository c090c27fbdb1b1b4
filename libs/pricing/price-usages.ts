import { sumOf } from '#amounts';
import { applyPrice, findPrice, findsNothing, linesOf } from './applied-price.ts';
import type { Line, Positions, PricedRequest, PricedUsage, PricedUsages, Pricing, PricingTerms } from './pricing.ts';
import { RunningCounts } from './running-counts.ts';

/**
 * What usages cost. Every line is rounded half-even to 12 places, everything else is exact. A usage is unpriced where no price
 * matches, and where the price that matches has a component for none of its quantities, or it states none.
 */
export function priceUsages(terms: PricingTerms, request: PricedRequest, positions: Positions): Pricing {
  const running = new RunningCounts();
  const unpriced: number[] = [];
  const usages = request.usages.map((usage, index): PricedUsage => {
    const price = findPrice(terms, usage, request.tags);
    const applied = price && applyPrice(terms, price, usage, request);
    if (!applied || findsNothing(applied)) unpriced.push(index);
    return pricedUsage(price, applied ? linesOf(applied, positions, running) : []);
  });
  return pricingOf(usages, unpriced, running);
}

export function pricedUsage(price: PricedUsage['price'], lines: readonly Line[]): PricedUsage {
  return { price, lines, amount: sumOf(lines.map(({ amount }) => amount)) };
}

export function pricingOf(
  usages: readonly PricedUsage[],
  unpriced: readonly number[],
  running: RunningCounts,
): Pricing {
  const amount = sumOf(usages.map((one) => one.amount));
  const priced: PricedUsages = { usages, amount, counts: running.list() };
  return unpriced.length === 0 ? { ok: true, priced } : { ok: false, unpriced, rest: priced };
}
