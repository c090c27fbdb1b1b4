import type { Amount, JsonObject } from '#amounts';

/** What a vendor asks for one quantity, as a rate card can say it. */
export interface ListedRate {
  readonly quantity: string;
  /** The amounts are for so many. */
  readonly per: Amount;
  /** USD. */
  readonly amount: Amount;
  /** Other amounts for requests of more input, ascending. */
  readonly aboveContext: readonly { readonly inputTokens: Amount; readonly amount: Amount }[];
  /** The least that a request with any of it costs, in USD; 0 where there is no such bound. */
  readonly minimum: Amount;
}

/** What everything costs more or less by, at some hours or for some requests. */
export interface ListedMultiplier {
  readonly match: JsonObject;
  readonly by: Amount;
}

/** A model of a published price list. */
export interface ListedModel {
  /** As the list calls it: provider and model. */
  readonly label: string;
  /** What usage may name as its provider. */
  readonly providers: readonly string[];
  /** Whether usage of the model may leave its provider out: it's the vendor who made it. */
  readonly isMaker: boolean;
  readonly names: readonly string[];
  /** What further names of it begin with. */
  readonly prefixes: readonly string[];
  readonly event: string;
  readonly rates: readonly ListedRate[];
  readonly multipliers: readonly ListedMultiplier[];
  readonly maxOutputTokens: number | null;
}

/** What a list has that a rate card doesn't say, or says otherwise. */
export interface ImportNote {
  /** As the list calls it. */
  readonly model: string;
  readonly providers: readonly string[];
  readonly note: string;
  /** Whether the model isn't in the card at all. */
  readonly isLeftOut: boolean;
}

export interface PublishedList {
  readonly models: readonly ListedModel[];
  readonly notes: readonly ImportNote[];
}
