import { type Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
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
export function perUnits({ per, perReciprocal }: Component, amount: Amount): Amount {
  return perReciprocal === null ? amount.div(per) : amount.times(perReciprocal);
}

function graduated(component: Component, charged: Amount): Amount {
  let sum = ZERO;
  let start = ZERO;
  for (const { upTo, amount, flat } of component.tiers) {
    if (charged.lte(start)) break;
    const inTier = (upTo === null ? charged : smallerOf(charged, upTo)).minus(start);
    sum = sum.plus(perUnits(component, inTier.times(amount))).plus(flat);
    start = upTo ?? charged;
  }
  return sum;
}

/** The tier that a quantity of more than 0 ends in. */
export function tierAt({ tiers }: Component, charged: Amount): Tier {
  const tier = tiers.find(({ upTo }) => upTo === null || charged.lte(upTo));
  if (!tier) throw new Error('the last tier has an end');
  return tier;
}
