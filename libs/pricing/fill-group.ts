import { Amount, smallerOf, sumOf, ZERO } from '#amounts';
import { type AppliedTerms, PLACES } from './applied-price.ts';
import type { Range } from './highest-amount.ts';
import { type Majorant, majorantOf, slopeOf } from './majorant.ts';
import type { Component } from './rate-card.ts';

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
export function fillGroup(applied: AppliedTerms, members: readonly GroupMember[], units: Amount): Amount {
  const majorants = members.map((member) => finished(applied, member)).sort((a, b) => b.slope.cmp(a.slope));
  let total = sumOf(majorants.map(({ fixed }) => fixed));
  let left = units;
  for (const { slope, limit } of majorants) {
    const taken = smallerOf(limit, left);
    total = total.plus(slope.times(taken));
    left = left.minus(taken);
  }
  if (majorants.some(({ isRounded }) => isRounded)) total = total.plus(HALF_OF_LAST_PLACE.times(members.length));
  return total.decimalPlaces() <= PLACES ? total : total.toDecimalPlaces(PLACES, ROUND_DOWN);
}

interface FinishedMajorant extends Majorant {
  readonly limit: Amount;
  /** Whether a whole number of units may cost something beyond the last place. */
  readonly isRounded: boolean;
}

/** With multipliers, minimum and discount. */
function finished(applied: AppliedTerms, member: GroupMember): FinishedMajorant {
  const { component, rate, limit, range } = member;
  const majorant = majorantOf(component, rate, limit, range);
  const slope = scaled(applied, majorant.slope);
  const isPlain = component.pricing === 'per_unit' && component.minimum === null && component.included.isZero();
  const isRounded = isPlain ? slope.decimalPlaces() > PLACES || !limit.isInteger() : mayBeRounded(applied, member);
  const minimum = component.minimum?.times(applied.kept);
  const fixed = scaled(applied, majorant.fixed);
  return { slope, limit, isRounded, fixed: minimum ? fixed.plus(minimum) : fixed };
}

function scaled({ factor, kept }: AppliedTerms, amount: Amount): Amount {
  return amount.isZero() ? amount : amount.times(factor).times(kept);
}

function mayBeRounded(applied: AppliedTerms, { component, rate, limit, range }: GroupMember): boolean {
  const { tiers, included, minimum, pricing } = component;
  const ends = tiers.map(({ upTo }) => upTo ?? ZERO);
  const units = [limit, included, range?.from ?? ZERO, range?.to ?? ZERO, ...ends];
  const amounts = tiers.flatMap(({ amount, flat }) => [slopeOf(component, amount), flat]);
  if (rate) amounts.push(pricing === 'per_unit' ? slopeOf(component, rate) : rate);
  const finest = [...amounts.map((amount) => scaled(applied, amount)), minimum?.times(applied.kept) ?? ZERO];
  return units.some((count) => !count.isInteger()) || finest.some((amount) => amount.decimalPlaces() > PLACES);
}
