import { type Amount, sumOf, ZERO } from '#amounts';
import { chargeable } from './component-amount.ts';
import { largerOf, type Range } from './highest-amount.ts';
import type { Component, Tier } from './rate-card.ts';

const DIGITS = 60;

/** `fixed` + `slope` × n is no less than what n units cost, for every n up to a count. */
export interface Majorant {
  readonly fixed: Amount;
  readonly slope: Amount;
}

/** Before multipliers, minimum and discount. */
export function majorantOf(component: Component, rate: Amount | null, count: Amount, range: Range | null): Majorant {
  switch (component.pricing) {
    case 'per_unit':
      return { fixed: ZERO, slope: slopeOf(component, rate ?? ZERO) };
    case 'flat':
      return { fixed: rate ?? ZERO, slope: ZERO };
    case 'package':
      return { fixed: rate ?? ZERO, slope: slopeOf(component, rate ?? ZERO) };
    case 'graduated':
    case 'volume': {
      const reached = tiersWithin(component, range?.from ?? ZERO, (range?.to ?? ZERO).plus(count));
      const flats = reached.map(({ flat }) => flat);
      const fixed = component.pricing === 'volume' ? flats.reduce(largerOf, ZERO) : sumOf(flats);
      return { fixed, slope: slopeOf(component, reached.map(({ amount }) => amount).reduce(largerOf, ZERO)) };
    }
  }
}

/** The tiers that some units between two positions may be in. */
function tiersWithin(component: Component, from: Amount, to: Amount): readonly Tier[] {
  const [first, last] = [chargeable(component, from), chargeable(component, to)];
  return component.tiers.filter(({ upTo, start }) => (upTo === null || upTo.gte(first)) && start.lt(last));
}

/** The amount for one unit, rounded up where it isn't a finite decimal. */
export function slopeOf({ per, perReciprocal }: Component, rate: Amount): Amount {
  if (perReciprocal !== null) return rate.times(perReciprocal);
  const slope = rate.div(per);
  return slope.times(per).eq(rate) ? slope : slope.toSignificantDigits(DIGITS, 0);
}
