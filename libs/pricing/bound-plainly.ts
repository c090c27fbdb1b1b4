import { Amount } from '#amounts';
import { tierBetween } from './component-amount.ts';
import type { Range } from './highest-amount.ts';
import type { PricingTerms } from './pricing.ts';
import type { QuantityGroup } from './quantity-groups.ts';
import type { Component, CountedQuantity, Price } from './rate-card.ts';
import { statedWhole, type Usage } from './usage.ts';

export interface PlainBound {
  /** The most that the usage can cost. */
  readonly picos: number;
  /** What counters may move by at most. */
  readonly counts: readonly { readonly counter: CountedQuantity; readonly limit: number }[];
}

type RangeOf = (counter: CountedQuantity) => Range;

/** A component of which a request may charge up to `limit` units. */
interface Member {
  readonly component: Component;
  readonly limit: number;
  /** What each costs. */
  readonly picos: number;
}

/**
 * The most that a usage can cost, where it states whole numbers and its price is plain, as nearly all are: every unit of a whole
 * goes to the dearest part that still takes it, and nothing is rounded. Null for any other usage, for one that costs nothing, and
 * where units may be in several tiers.
 */
export function boundPlainly(
  terms: PricingTerms,
  price: Price,
  usage: Usage,
  output: number | null,
  rangeOf: RangeOf,
): PlainBound | null {
  if (!price.isPlain || !terms.discount.isZero()) return null;
  const counts: { counter: CountedQuantity; limit: number }[] = [];
  let total = 0;
  for (const group of price.groups) {
    const top = statedWhole(usage, group.whole) ?? impliedWhole(group.whole, output);
    const members = membersOf(price.components, group, usage, top, rangeOf);
    total += fromDearest(members, top ?? Number.POSITIVE_INFINITY);
    for (const { component, limit } of members)
      if (component.counter) counts.push({ counter: component.counter, limit });
  }
  return total > 0 && total <= Number.MAX_SAFE_INTEGER ? { picos: total, counts } : null;
}

function impliedWhole(whole: string, output: number | null): number | null {
  if (whole === 'requests') return 1;
  return whole === 'output_tokens' ? output : null;
}

function membersOf(
  components: readonly Component[],
  { wholeComponent, parts }: QuantityGroup,
  usage: Usage,
  top: number | null,
  rangeOf: RangeOf,
): readonly Member[] {
  const members: Member[] = [];
  const add = (index: number, limit: number): void => {
    const component = components[index];
    if (component) members.push({ component, limit, picos: picosOf(component, limit, rangeOf) });
  };
  if (wholeComponent !== null) add(wholeComponent, top ?? 0);
  for (const part of parts) {
    const stated = statedWhole(usage, components[part]?.quantity ?? '');
    add(part, Math.min(stated ?? top ?? 0, top ?? Number.POSITIVE_INFINITY));
  }
  return members;
}

/** NaN where the units don't all cost the same, which makes NaN of whatever is computed with it. */
function picosOf(component: Component, limit: number, rangeOf: RangeOf): number {
  const { picos, counter } = component;
  if (picos !== null) return picos;
  if (limit === 0) return 0;
  const range = counter && rangeOf(counter);
  if (!range || !range.from.isInteger() || !range.to.isInteger() || Number.isNaN(limit)) return Number.NaN;
  return tierBetween(component, range.from, range.to.plus(new Amount(limit)))?.picos ?? Number.NaN;
}

function fromDearest(members: readonly Member[], units: number): number {
  let left = units;
  let picos = 0;
  for (const member of members.length < 2 ? members : members.toSorted((a, b) => b.picos - a.picos)) {
    const taken = Math.min(member.limit, left);
    left -= taken;
    picos += taken * member.picos;
  }
  return picos;
}
