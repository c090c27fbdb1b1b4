import { type Amount, atLeastZero, picosOf, ZERO } from '#amounts';
import type { Component, Tier } from './rate-card.ts';

/** The amount for every `per` units in a request of so much input; null where the component has tiers instead. */
export function rateOf({ amount, aboveContext }: Component, inputTokens: Amount): Amount | null {
  let rate = amount;
  for (const above of aboveContext) if (inputTokens.gt(above.inputTokens)) rate = above.amount;
  return rate;
}

/** How many of the units are charged: those beyond what is included. */
export function chargeable({ included }: Component, count: Amount): Amount {
  return included.isZero() ? count : atLeastZero(count.minus(included));
}

/** What a quantity costs from its first unit on. Multipliers, minimum and discount come after. */
export function amountOf(component: Component, rate: Amount | null, count: Amount): Amount {
  const charged = chargeable(component, count);
  if (charged.isZero()) return ZERO;
  switch (component.pricing) {
    case 'per_unit':
      return perUnits(component, charged.times(rate ?? ZERO));
    case 'package':
      return perUnits(component, charged)
        .ceil()
        .times(rate ?? ZERO);
    case 'flat':
      return rate ?? ZERO;
    case 'graduated':
      return graduated(component, charged);
    case 'volume': {
      const { amount, flat } = tierAt(component, charged);
      return perUnits(component, charged.times(amount)).plus(flat);
    }
  }
}

/** Divides by `per`. */
export function perUnits({ per, perReciprocal }: Pick<Component, 'per' | 'perReciprocal'>, amount: Amount): Amount {
  return perReciprocal === null ? amount.div(per) : amount.times(perReciprocal);
}

/** A tier as the card states it. */
export type StatedTier = Pick<Tier, 'upTo' | 'amount' | 'flat'>;

/** What a unit costs in picos, at an amount for every `per` units; null where that isn't a safe integer. */
export function picosOfUnit(component: Pick<Component, 'per' | 'perReciprocal'>, amount: Amount): number | null {
  return component.perReciprocal === null ? null : picosOf(perUnits(component, amount));
}

/** What tiers say, with what follows from those before each. */
export function laidOut(
  tiers: readonly StatedTier[],
  component: Pick<Component, 'per' | 'perReciprocal'>,
): readonly Tier[] {
  let [start, before] = [ZERO, ZERO];
  return tiers.map((tier) => {
    const laid = { ...tier, start, before, picos: tier.flat.isZero() ? picosOfUnit(component, tier.amount) : null };
    const end = tier.upTo ?? start;
    before = before.plus(perUnits(component, end.minus(start).times(tier.amount))).plus(tier.flat);
    start = end;
    return laid;
  });
}

function graduated(component: Component, charged: Amount): Amount {
  const { start, before, amount, flat } = tierAt(component, charged);
  return before.plus(perUnits(component, charged.minus(start).times(amount))).plus(flat);
}

/**
 * The tier that all units between two positions of a counter are in, where something of it was used before: wherever a quantity
 * begins between them, it costs the same. Null where there are no such tiers, or several.
 */
export function tierBetween(component: Component, from: Amount, to: Amount): Tier | null {
  if (component.pricing !== 'graduated') return null;
  const tier = tierAt(component, chargeable(component, to));
  return chargeable(component, from).gt(tier.start) ? tier : null;
}

/** The tier that a quantity of more than 0 ends in. */
export function tierAt({ tiers }: Component, charged: Amount): Tier {
  let first = 0;
  let last = tiers.length - 1;
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if (tiers[middle]?.upTo?.lt(charged)) first = middle + 1;
    else last = middle;
  }
  const tier = tiers[first];
  if (!tier) throw new Error('there are no tiers');
  return tier;
}
