import { type Amount, ZERO } from '#amounts';

export const COUNTS = ['requests', 'late', 'unpriced', 'unknownCosts'] as const;
/** What belongs to an authorization as a whole, and is shared among the models that it used. */
export const SHARED = ['paid', 'promotional', 'included', 'debt', 'uncollected', 'refunded', 'revenue'] as const;
export const AMOUNTS = [...SHARED, 'cost', 'promotionalCost'] as const;

export type Count = (typeof COUNTS)[number];
export type Shared = (typeof SHARED)[number];
export type AmountMeasure = (typeof AMOUNTS)[number];

/**
 * What usage adds up to. `requests` are authorizations that were used; `late` ones were committed after their hold had expired;
 * `unpriced` and `unknownCosts` are usages without a price and without a known cost. `paid`, `promotional`, `included` and `debt` are
 * credits by where they came from, less what was refunded to there; `refunded` is what was refunded. `revenue` and `cost` are money in the
 * currency of their row; `promotionalCost` is the part of the cost that promotional credits paid for.
 */
export type Measures = Record<Count, number> & Record<AmountMeasure, Amount>;

export type SharedSums = Record<Shared, Amount>;

export function noMeasures(): Measures {
  return {
    ...{ requests: 0, late: 0, unpriced: 0, unknownCosts: 0 },
    ...noShared(),
    cost: ZERO,
    promotionalCost: ZERO,
  };
}

export function noShared(): SharedSums {
  return {
    paid: ZERO,
    promotional: ZERO,
    included: ZERO,
    debt: ZERO,
    uncollected: ZERO,
    refunded: ZERO,
    revenue: ZERO,
  };
}

/** Adds in place. */
export function addMeasures(sums: Measures, change: Partial<Measures>): void {
  for (const count of COUNTS) sums[count] += change[count] ?? 0;
  for (const amount of AMOUNTS) {
    const more = change[amount];
    if (more && !more.isZero()) sums[amount] = sums[amount].plus(more);
  }
}

export function areNone(measures: Partial<Measures>): boolean {
  return COUNTS.every((count) => !measures[count]) && AMOUNTS.every((amount) => measures[amount]?.isZero() ?? true);
}
