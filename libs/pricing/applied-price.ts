import { Amount, amountOfPicos, smallerOf, ZERO } from '#amounts';
import { amountOf, chargeable, rateOf, tierAt, tierBetween } from './component-amount.ts';
import { countQuantities, countWholes } from './count-quantities.ts';
import { isMatch } from './match.ts';
import type { Line, Positions, PricedRequest, PricingTerms } from './pricing.ts';
import type { Component, Price } from './rate-card.ts';
import type { RunningCounts } from './running-counts.ts';
import { statedQuantity, statesNoUse, type Tags, type Usage } from './usage.ts';

const ONE = new Amount(1);
/** Where lines are rounded. */
export const PLACES = 12;
/** No account has the credits for more. The sum of all lines of a request must still be an amount that can be stored. */
const LINE_MAX = new Amount('1e22');

/** A price that applies to a usage, and by how much. */
export interface AppliedTerms {
  readonly price: Price;
  /** The product of the multipliers that match. */
  readonly factor: Amount;
  /** 1 − discount. */
  readonly kept: Amount;
  /** All input of the request: it picks the rates. */
  readonly inputTokens: Amount;
}

/** With what it applies to. */
export interface AppliedPrice extends AppliedTerms {
  readonly usage: Usage;
  /** How many units each component charges. */
  readonly counts: readonly Amount[];
  /** The same as numbers; null where one of them isn't whole. */
  readonly wholes: readonly number[] | null;
}

export function findPrice(terms: PricingTerms, usage: Usage, tags: Tags): Price | null {
  return terms.overrides?.find(usage, tags) ?? terms.prices.find(usage, tags);
}

export function applyPrice(terms: PricingTerms, price: Price, usage: Usage, request: PricedRequest): AppliedPrice {
  const { factor, kept, inputTokens } = applyTerms(terms, price, usage, request);
  const wholes = countWholes(price, usage);
  const counts = wholes?.map((count) => (count === 0 ? ZERO : new Amount(count))) ?? countQuantities(price, usage);
  return { usage, price, counts, wholes, factor, kept, inputTokens };
}

export function applyTerms(terms: PricingTerms, price: Price, usage: Usage, request: PricedRequest): AppliedTerms {
  return {
    price,
    factor: factorOf(price, usage, request),
    kept: terms.discount.isZero() ? ONE : ONE.minus(terms.discount),
    // No plain price depends on it.
    inputTokens: price.isPlain ? ZERO : (statedQuantity(usage, 'input_tokens') ?? ZERO),
  };
}

/**
 * Whether the price has a component for nothing of what the usage states, or the usage states no quantity at all: then nobody
 * knows what was used. That nothing was used is said with zeros.
 */
export function findsNothing({ counts, usage }: AppliedPrice): boolean {
  return counts.every((count) => count.isZero()) && !statesNoUse(usage);
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
  const before = component.counter && positions.used(component.counter).plus(running.of(component.counter));
  if (component.counter) running.add(component.counter, count);
  const tier = before && tierBetween(component, before, before.plus(count));
  const plain = plainAmount(applied, tier?.picos ?? component.picos, applied.wholes?.[index]);
  if (plain) return lineFrom(applied, index, component, count, tier ? tier.amount : component.amount, plain);
  const rate = rateOf(component, applied.inputTokens);
  const amount = before
    ? amountOf(component, rate, before.plus(count)).minus(amountOf(component, rate, before))
    : amountOf(component, rate, count);
  const shownRate = rate ?? rateOfTier(component, before ?? ZERO, count);
  return lineFrom(applied, index, component, count, shownRate, finish(applied, component, count, amount));
}

/** What whole units cost that each cost whole picos: nothing is to be rounded. Null where it has to be computed in another way. */
function plainAmount({ factor, kept }: AppliedPrice, picos: number | null, units: number | undefined): Amount | null {
  if (picos === null || units === undefined || factor !== ONE || kept !== ONE) return null;
  const product = picos * units;
  return product <= Number.MAX_SAFE_INTEGER ? amountOfPicos(product) : null;
}

function lineFrom(
  { usage }: AppliedPrice,
  index: number,
  { quantity }: Component,
  count: Amount,
  rate: Amount | null,
  amount: Amount,
): Line {
  return { event: usage.event, model: usage.model ?? null, component: index, quantity, count, rate, amount };
}

/** The last steps, in their order: multipliers, minimum, discount, rounding. */
export function finish({ factor, kept }: AppliedTerms, component: Component, count: Amount, amount: Amount): Amount {
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
