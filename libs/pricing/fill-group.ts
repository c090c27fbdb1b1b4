import { Amount, smallerOf, ZERO } from '#amounts';
import type { AppliedPrice } from './applied-price.ts';
import type { Range } from './highest-amount.ts';
import { type Majorant, majorantOf, slopeOf, sum } from './majorant.ts';
import type { Component } from './rate-card.ts';

const PLACES = 12;
const ROUND_DOWN = 1;
const HALF_OF_LAST_PLACE = new Amount('0.0000000000005');

/** A component of which a request may charge up to `limit` units. */
export interface GroupMember {
  readonly component: Component;
  readonly limit: Amount;
  readonly rate: Amount | null;
  readonly range: Range | null;
}

/**
 * What a number of units costs at most where each goes to the dearest member that still takes it. Every line may be rounded up
 * by half of the last place, unless whole units cost nothing beyond it.
 */
export function fillGroup(applied: AppliedPrice, members: readonly GroupMember[], units: Amount): Amount {
  const majorants = members.map((member) => ({ ...finished(applied, member), limit: member.limit }));
  let total = sum(majorants.map(({ fixed }) => fixed));
  let left = units;
  for (const { slope, limit } of majorants.sort((a, b) => b.slope.cmp(a.slope))) {
    const taken = smallerOf(limit, left);
    total = total.plus(slope.times(taken));
    left = left.minus(taken);
  }
  if (!members.every((member) => isNeverRounded(applied, member))) {
    total = total.plus(HALF_OF_LAST_PLACE.times(members.length));
  }
  return total.toDecimalPlaces(PLACES, ROUND_DOWN);
}

/** With multipliers, minimum and discount. */
function finished({ factor, kept }: AppliedPrice, { component, rate, limit, range }: GroupMember): Majorant {
  const { fixed, slope } = majorantOf(component, rate, limit, range);
  const minimum = component.minimum ?? ZERO;
  return { fixed: fixed.times(factor).plus(minimum).times(kept), slope: slope.times(factor).times(kept) };
}

/** Whether its line ends with the last place by itself, for every whole number of units. */
function isNeverRounded({ factor, kept }: AppliedPrice, { component, rate, limit, range }: GroupMember): boolean {
  const { tiers, included, minimum, pricing } = component;
  const ends = tiers.map(({ upTo }) => upTo ?? ZERO);
  const units = [limit, included, range?.from ?? ZERO, range?.to ?? ZERO, ...ends];
  const amounts = tiers.flatMap(({ amount, flat }) => [slopeOf(component, amount), flat]);
  if (rate) amounts.push(pricing === 'per_unit' ? slopeOf(component, rate) : rate);
  const charged = amounts.map((amount) => amount.times(factor));
  if (minimum) charged.push(minimum);
  return (
    units.every((count) => count.isInteger()) && charged.every((amount) => amount.times(kept).decimalPlaces() <= PLACES)
  );
}
