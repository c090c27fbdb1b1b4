import { Amount, amountOfPicos, ZERO } from '#amounts';
import { findPrice } from './applied-price.ts';
import { boundPlainly } from './bound-plainly.ts';
import { boundUsage } from './bound-usage.ts';
import { boundedUsage, leavesOutputOpen, rangeOf, rangesOf } from './bounded-usage.ts';
import type { Count, Positions, PricedRequest, PricingTerms } from './pricing.ts';
import { RunningCounts } from './running-counts.ts';
import { statesNoUse } from './usage.ts';

/** A request whose usages state the most that it may use. */
export interface BoundedRequest extends PricedRequest {
  /** For usages that don't state `output_tokens`; null where the request doesn't say, so that the price must. */
  readonly maxOutputTokens: number | null;
}

export type Bound =
  | {
      readonly ok: true;
      readonly amount: Amount;
      /** How much output the last usage was taken to have that doesn't state it; null where all state it, or have none. */
      readonly assumed: { readonly maxOutputTokens: number | null };
      /** What the counters may move by at most. */
      readonly counts: readonly Count[];
    }
  /** The indexes of the usages without a price. */
  | { readonly ok: false; readonly unpriced: readonly number[] }
  /** The index of the first usage whose output has no bound. */
  | { readonly ok: false; readonly unbounded: number };

/**
 * The most that usages can cost which use no more than they state, in whole units. A part that isn't stated may be all of its
 * whole; one that is, 0 too, may be so much. Properties and tags are those of the request.
 */
export function boundUsages(terms: PricingTerms, request: BoundedRequest, positions: Positions): Bound {
  const running = new RunningCounts();
  const unpriced: number[] = [];
  let amount = ZERO;
  let maxOutputTokens: number | null = null;
  let unbounded: number | null = null;
  for (const [index, usage] of request.usages.entries()) {
    const price = findPrice(terms, usage, request.tags);
    const isOpen = price !== null && leavesOutputOpen(price, usage);
    const output: number | null = isOpen ? (request.maxOutputTokens ?? price.maxOutputTokens) : null;
    if (isOpen && output === null) unbounded ??= index;
    maxOutputTokens = output ?? maxOutputTokens;
    const plain = price && boundPlainly(terms, price, usage, output, (counter) => rangeOf(counter, positions, running));
    if (plain) {
      amount = amount.plus(amountOfPicos(plain.picos));
      for (const { counter, limit } of plain.counts) running.add(counter, new Amount(limit));
      continue;
    }
    const bounded = price && boundedUsage(terms, price, usage, request, output);
    if (!bounded || (bounded.limits.every((limit) => limit.isZero()) && !statesNoUse(usage))) unpriced.push(index);
    if (!bounded) continue;
    const { components } = bounded.applied.price;
    amount = amount.plus(boundUsage({ ...bounded, ranges: rangesOf(components, positions, running) }));
    components.forEach(({ counter }, i) => {
      if (counter) running.add(counter, bounded.limits[i] ?? ZERO);
    });
  }
  if (unpriced.length > 0) return { ok: false, unpriced };
  if (unbounded !== null) return { ok: false, unbounded };
  return { ok: true, amount, assumed: { maxOutputTokens }, counts: running.list() };
}
