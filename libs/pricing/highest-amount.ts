import { type Amount, smallerOf, ZERO } from '#amounts';
import { amountOf, chargeable, perUnits, tierAt } from './component-amount.ts';
import type { Component } from './rate-card.ts';

/** Where a counter may stand when a quantity is charged. */
export interface Range {
  readonly from: Amount;
  readonly to: Amount;
}

/** The highest amount of any quantity up to a count, before multipliers, minimum and discount. */
export function highestAmount(component: Component, rate: Amount | null, count: Amount, range: Range | null): Amount {
  if (range !== null) return highestFromRange(component, rate, count, range);
  return component.pricing === 'volume' ? highestVolume(component, count) : amountOf(component, rate, count);
}

/** More may cost less by volume: so the highest is at the end of one of the tiers. */
function highestVolume(component: Component, count: Amount): Amount {
  const charged = chargeable(component, count);
  let highest = ZERO;
  let start = ZERO;
  for (const { upTo, amount, flat } of component.tiers) {
    if (charged.lte(start)) break;
    const end = upTo === null ? charged : smallerOf(charged, upTo);
    highest = largerOf(highest, perUnits(component, end.times(amount)).plus(flat));
    start = end;
  }
  return highest;
}

/**
 * What a quantity costs depends on where the counter stands. Between two steps of the price it doesn't: so the highest amount is
 * found where the quantity begins or ends at a step, or the range does.
 */
function highestFromRange(component: Component, rate: Amount | null, count: Amount, { from, to }: Range): Amount {
  const end = to.plus(count);
  const steps = stepsOf(component, from).filter((step) => step.gte(from) && step.lt(end));
  const inRange = (position: Amount): boolean => position.gt(from) && position.lt(to);
  const begins = steps.length === 0 ? [] : [...steps, ...steps.map((step) => step.minus(count))].filter(inRange);
  const at = (position: Amount): Amount => {
    const upTo = amountOf(component, rate, position.plus(count)).minus(amountOf(component, rate, position));
    return position.lt(to) ? largerOf(upTo, upTo.plus(flatsPast(component, position, count))) : upTo;
  };
  return [from, ...(steps.length === 0 ? [] : [to]), ...begins].map(at).reduce(largerOf);
}

/** The positions at which the price of a further unit changes. Packages all are alike: the first one from here will do. */
function stepsOf(component: Component, from: Amount): readonly Amount[] {
  const { included, pricing, tiers, per } = component;
  if (pricing !== 'package')
    return [included, ...tiers.flatMap(({ upTo }) => (upTo === null ? [] : included.plus(upTo)))];
  return [included.plus(perUnits(component, chargeable(component, from)).ceil().times(per))];
}

/**
 * What changes by the flat amounts of tiers if a quantity begins just after a position: the tier after its end is reached,
 * and the one that begins right there was reached before.
 */
function flatsPast(component: Component, position: Amount, count: Amount): Amount {
  if (component.tiers.length === 0) return ZERO;
  const end = flatFrom(component, position.plus(count));
  return end.minus(flatFrom(component, position));
}

/** The flat amount of the tier that begins at a position; 0 where none does. */
function flatFrom(component: Component, position: Amount): Amount {
  const charged = position.minus(component.included);
  if (charged.isNegative()) return ZERO;
  const [first] = component.tiers;
  if (charged.isZero()) return first?.flat ?? ZERO;
  const ending = tierAt(component, charged);
  if (!ending.upTo?.eq(charged)) return ZERO;
  return component.tiers[component.tiers.indexOf(ending) + 1]?.flat ?? ZERO;
}

export function largerOf(a: Amount, b: Amount): Amount {
  return a.gt(b) ? a : b;
}
