import type { Json } from '#amounts';

/** Prices as they were sent, and then checked. */

export type DecimalJson = string | number;
export type MatchJson = Readonly<Record<string, Json>>;

export interface TierJson {
  readonly up_to?: DecimalJson | null;
  readonly amount: DecimalJson;
  readonly flat?: DecimalJson | null;
}

export interface ComponentJson {
  readonly quantity: string;
  readonly pricing?: 'per_unit' | 'graduated' | 'volume' | 'package' | 'flat' | null;
  readonly per?: DecimalJson | null;
  readonly amount?: DecimalJson | null;
  readonly tiers?: readonly TierJson[] | null;
  readonly above_context?: readonly { readonly input_tokens: DecimalJson; readonly amount: DecimalJson }[] | null;
  readonly minimum?: DecimalJson | null;
  readonly included?: DecimalJson | null;
  readonly counted?: 'request' | 'day' | 'month' | 'total' | null;
}

export interface MultiplierJson {
  readonly match: MatchJson;
  readonly by: DecimalJson;
}

export interface PriceJson {
  readonly event: string;
  readonly match?: MatchJson | null;
  readonly components: readonly ComponentJson[];
  readonly multipliers?: readonly MultiplierJson[] | null;
}
