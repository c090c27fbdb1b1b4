import { type Amount, ZERO } from '#amounts';
import { withoutDetails, type UsageRecordKind } from '#ledger';
import {
  mergeUsages,
  priceStep,
  type Count,
  type EarlierSteps,
  type Positions,
  type PricingTerms,
  type Tags,
  type Usage,
} from '#pricing';
import { changeUsage, routeOf, type Assumptions, type Route } from './assumptions.ts';

/** One usage that a charge, a commit or an adjustment stated. */
export interface PastUsage {
  /** Those of one statement have the same. */
  readonly statementId: string;
  readonly kind: UsageRecordKind;
  readonly usage: Usage;
  /** What it was priced at; `null`: it wasn't. */
  readonly amount: Amount | null;
}

/** What is priced again of a request. */
export interface PastRequest {
  /** All that was ever stated, in its order. */
  readonly usages: readonly PastUsage[];
  readonly tags: Tags;
  /** When it was made, in milliseconds since 1970: multipliers by time of day look at that. */
  readonly at: number;
}

export interface PricedAgain {
  readonly past: PastUsage;
  /** Where it goes instead. */
  readonly route: Route | null;
  /** What it would have been priced at; `null`: nothing has a price for it. */
  readonly amount: Amount | null;
}

/** Usage that an adjustment has replaced doesn't count: the last one states all of it anew. */
export function inForce(usages: readonly PastUsage[]): readonly PastUsage[] {
  const last = usages.findLast(({ kind }) => kind === 'adjustment');
  return last ? usages.filter(({ statementId }) => statementId === last.statementId) : usages;
}

/**
 * Prices a request again as the ledger would have: its steps one after the other, all usage so far less what came before.
 *
 * @param positions where its counters stand before each step; they move by what `count` is told
 */
export function priceAgain(
  terms: PricingTerms,
  { usages, tags, at }: PastRequest,
  assumptions: Assumptions,
  isBatched: boolean,
  counters: { readonly positions: Positions; readonly count: (counts: readonly Count[]) => void },
): readonly PricedAgain[] {
  let before: EarlierSteps = { usages: [], excess: ZERO };
  const statements = Map.groupBy(inForce(usages), ({ statementId }) => statementId);
  return [...statements.values()].flatMap((stated) => {
    const changed = stated.map(({ usage }) => changeUsage(assumptions, usage, isBatched));
    const step = withoutDetails(terms, changed);
    const pricing = priceStep(terms, before, { usages: step, tags, at }, counters.positions);
    const { usages: priced, counts } = pricing.ok ? pricing.priced : pricing.rest;
    counters.count(counts);
    // Like the ledger, it remembers only steps that have a price.
    if (pricing.ok) before = { usages: mergeUsages(before.usages, step), excess: pricing.excess };
    const unpriced = new Set(pricing.ok ? [] : pricing.unpriced);
    return stated.map((past, index) => ({
      past,
      route: routeOf(assumptions, past.usage),
      amount: unpriced.has(index) ? null : (priced[index]?.amount ?? null),
    }));
  });
}
