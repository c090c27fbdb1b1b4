import { Amount, smallerOf, sumOf, ZERO } from '#amounts';
import { applyTerms, type AppliedTerms } from './applied-price.ts';
import { type Range } from './highest-amount.ts';
import type { Positions, PricedRequest, PricingTerms } from './pricing.ts';
import type { QuantityGroup } from './quantity-groups.ts';
import type { Component, CountedQuantity, Price } from './rate-card.ts';
import type { RunningCounts } from './running-counts.ts';
import { statedQuantity, type Usage } from './usage.ts';

/** A quantity of which a request may use so much, all parts together. */
export interface BoundedGroup {
  readonly group: QuantityGroup;
  readonly top: Amount;
}

/** A usage of which only the most is known. */
export interface BoundedUsage {
  readonly applied: AppliedTerms;
  readonly groups: readonly BoundedGroup[];
  /** How many units each component may charge at most. */
  readonly limits: readonly Amount[];
  /** Where the counter of each component may stand; null where it has none. */
  readonly ranges: readonly (Range | null)[];
}

/** Whether a usage has output that is charged, and doesn't say how much. */
export function leavesOutputOpen(price: Price, usage: Usage): boolean {
  return chargesOutput(price) && statedQuantity(usage, 'output_tokens') === null;
}

export function chargesOutput({ groups }: Price): boolean {
  return groups.some(({ whole }) => whole === 'output_tokens');
}

/** `output` is how much output the usage may have where it doesn't say. */
export function boundedUsage(
  terms: PricingTerms,
  price: Price,
  usage: Usage,
  request: PricedRequest,
  output: number | null,
): Omit<BoundedUsage, 'ranges'> {
  const applied = applyTerms(terms, price, usage, request);
  const limits = new Array<Amount>(price.components.length).fill(ZERO);
  const groups = price.groups.map((group) => {
    const whole = wholeOf(group, usage, output);
    const parts = group.parts.map((part) => {
      const stated = statedQuantity(usage, price.components[part]?.quantity ?? '');
      const limit = whole === null ? (stated ?? ZERO) : smallerOf(stated ?? whole, whole);
      limits[part] = limit;
      return limit;
    });
    if (group.wholeComponent !== null) limits[group.wholeComponent] = whole ?? ZERO;
    return { group, top: whole ?? sumOf(parts) };
  });
  return { applied, groups, limits };
}

function wholeOf({ whole }: QuantityGroup, usage: Usage, output: number | null): Amount | null {
  const stated = statedQuantity(usage, whole);
  if (stated) return stated;
  if (whole === 'requests') return new Amount(1);
  return whole === 'output_tokens' && output !== null ? new Amount(output) : null;
}

/** Each between what is used and what others, and earlier usages of the request, may yet use. */
export function rangesOf(
  components: readonly Component[],
  positions: Positions,
  running: RunningCounts,
): readonly (Range | null)[] {
  return components.map(({ counter }) => counter && rangeOf(counter, positions, running));
}

export function rangeOf(counter: CountedQuantity, positions: Positions, running: RunningCounts): Range {
  const from = positions.used(counter);
  return { from, to: from.plus(positions.reserved(counter)).plus(running.of(counter)) };
}
