import type { Amount } from '#amounts';
import { priceUsages } from './price-usages.ts';
import type { Count, Positions, PricedRequest, PricingTerms } from './pricing.ts';

/** A request whose usages state the most that it may use. */
export interface BoundedRequest extends PricedRequest {
  /** For usages that don't state `output_tokens`; null where the request doesn't say, so that the price must. */
  readonly maxOutputTokens: number | null;
}

export type Bound =
  | {
      readonly ok: true;
      readonly amount: Amount;
      /** What the last usage that doesn't state `output_tokens` was taken to use at most; null where all state it. */
      readonly assumed: { readonly maxOutputTokens: number | null };
      /** What the counters may move by at most. */
      readonly counts: readonly Count[];
    }
  /** The indexes of the usages without a price. */
  | { readonly ok: false; readonly unpriced: readonly number[] }
  /** The index of the first usage whose output has no bound. */
  | { readonly ok: false; readonly unbounded: number };

/** The most that usages can cost which use no more than they state. */
export function boundUsages(terms: PricingTerms, request: BoundedRequest, positions: Positions): Bound {
  const pricing = priceUsages(terms, request, positions);
  if (!pricing.ok) return { ok: false, unpriced: pricing.unpriced };
  const { amount, counts } = pricing.priced;
  return { ok: true, amount, assumed: { maxOutputTokens: request.maxOutputTokens }, counts };
}
