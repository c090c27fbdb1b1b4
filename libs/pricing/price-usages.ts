import { type Amount, ZERO } from '#amounts';
import type { Count, Line, Positions, PricedRequest, PricedUsage, Pricing, PricingTerms } from './pricing.ts';
import type { Component, Price } from './rate-card.ts';
import { statedQuantity, statesAny, type Usage } from './usage.ts';

/** What usages cost: every line rounded half-even to 12 places, everything else exact. */
export function priceUsages(terms: PricingTerms, request: PricedRequest, _positions: Positions): Pricing {
  const counts: Count[] = [];
  const unpriced: number[] = [];
  const usages = request.usages.map((usage, index): PricedUsage => {
    const price = terms.overrides?.find(usage, request.tags) ?? terms.prices.find(usage, request.tags);
    const lines = price ? linesOf(price, usage) : [];
    if (!price || (lines.length === 0 && statesAny(usage))) unpriced.push(index);
    return { price, lines, amount: lines.reduce((sum, line) => sum.plus(line.amount), ZERO) };
  });
  const priced = { usages, amount: usages.reduce((sum, { amount }) => sum.plus(amount), ZERO), counts };
  return unpriced.length === 0 ? { ok: true, priced } : { ok: false, unpriced, rest: priced };
}

function linesOf(price: Price, usage: Usage): Line[] {
  return price.components.flatMap((component, index) => {
    const count = statedQuantity(usage, component.quantity) ?? ZERO;
    return count.isZero() ? [] : [lineOf(usage, component, index, count)];
  });
}

function lineOf(usage: Usage, component: Component, index: number, count: Amount): Line {
  const rate = component.amount ?? ZERO;
  const amount = count.times(rate).div(component.per).toDecimalPlaces(12);
  return {
    event: usage.event,
    model: usage.model ?? null,
    component: index,
    quantity: component.quantity,
    count,
    rate,
    amount,
  };
}
