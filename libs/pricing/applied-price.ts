import { Amount, smallerOf, ZERO } from '#amounts';
import { amountOf, chargeable, rateOf, tierAt } from './component-amount.ts';
import { countQuantities } from './count-quantities.ts';
import { isMatch } from './match.ts';
import type { Line, Positions, PricedRequest, PricingTerms } from './pricing.ts';
import type { Component, Price } from './rate-card.ts';
import type { RunningCounts } from './running-counts.ts';
import { statedQuantity, statesAny, type Tags, type Usage } from './usage.ts';

const ONE = new Amount(1);
/** Where lines are rounded. */
export const PLACES = 12;
/** No account has the credits for more. The sum of all lines of a request must still be an amount that can be stored. */
const LINE_MAX = new Amount('1e22');

/** A usage, and the price and terms that apply to it. */
export interface AppliedPrice {
  readonly usage: Usage;
  readonly price: Price;
  /** How many units each component charges. */
  readonly counts: readonly Amount[];
  /** The product of the multipliers that match. */
  readonly factor: Amount;
  /** 1 − discount. */
  readonly kept: Amount;
  /** All input of the request: it picks the rates. */
  readonly inputTokens: Amount;
}

export function findPrice(terms: PricingTerms, usage: Usage, tags: Tags): Price | null {
  return terms.overrides?.find(usage, tags) ?? terms.prices.find(usage, tags);
}

export function applyPrice(terms: PricingTerms, price: Price, usage: Usage, request: PricedRequest): AppliedPrice {
  return {
    usage,
    price,
    counts: countQuantities(price, usage),
    factor: factorOf(price, usage, request),
    kept: terms.discount.isZero() ? ONE : ONE.minus(terms.discount),
    inputTokens: statedQuantity(usage, 'input_tokens') ?? ZERO,
  };
}

/** Whether the usage states something, and the price has a component for nothing of it. */
export function findsNothing({ counts, usage }: AppliedPrice): boolean {
  return counts.every((count) => count.isZero()) && statesAny(usage);
}

function factorOf({ multipliers }: Price, usage: Usage, { tags, at }: PricedRequest): Amount {
  let factor = ONE;
  for (const { match, time, by } of multipliers) {
    if ((time === null || time.includes(at)) && isMatch(match, usage, tags)) factor = factor.times(by);
  }
  return factor;
}

/** The lines of all components. */
export function linesOf(applied: AppliedPrice, positions: Positions, running: RunningCounts): readonly Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < applied.counts.length; index++) {
    const line = lineOf(applied, index, positions, running);
    if (line) lines.push(line);
  }
  return lines;
}

/** The line of a component; null where the usage has nothing of its quantity. */
export function lineOf(
  applied: AppliedPrice,
  index: number,
  positions: Positions,
  running: RunningCounts,
): Line | null {
  const component = applied.price.components[index];
  const count = applied.counts[index] ?? ZERO;
  if (!component || count.isZero()) return null;
  const rate = rateOf(component, applied.inputTokens);
  const before = component.counter && positions.used(component.counter).plus(running.of(component.counter));
  if (component.counter) running.add(component.counter, count);
  const amount = before
    ? amountOf(component, rate, before.plus(count)).minus(amountOf(component, rate, before))
    : amountOf(component, rate, count);
  return {
    event: applied.usage.event,
    model: applied.usage.model ?? null,
    component: index,
    quantity: component.quantity,
    count,
    rate: rate ?? rateOfTier(component, before ?? ZERO, count),
    amount: finish(applied, component, count, amount),
  };
}

/** The last steps, in their order: multipliers, minimum, discount, rounding. */
export function finish({ factor, kept }: AppliedPrice, component: Component, count: Amount, amount: Amount): Amount {
  let finished = factor === ONE ? amount : amount.times(factor);
  if (component.minimum?.gt(finished) && chargeable(component, count).gt(0)) finished = component.minimum;
  if (kept !== ONE) finished = finished.times(kept);
  return round(finished);
}

/** Half-even. */
function round(amount: Amount): Amount {
  const rounded = amount.decimalPlaces() <= PLACES ? amount : amount.toDecimalPlaces(PLACES);
  return smallerOf(rounded, LINE_MAX);
}

/** The amount of the tier that took all units; null where several did, or none. */
function rateOfTier(component: Component, before: Amount, count: Amount): Amount | null {
  const end = chargeable(component, before.plus(count));
  if (end.isZero()) return null;
  const last = tierAt(component, end);
  if (component.pricing === 'volume') return last.amount;
  return chargeable(component, before).gte(last.start) ? last.amount : null;
}
