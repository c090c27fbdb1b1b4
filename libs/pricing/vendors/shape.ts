import type { Json, JsonObject } from '#amounts';
import type { Piece } from './pieces.ts';
import type { VendorCost } from './vendor-cost.ts';

/** What a shape reads for one usage, before it is written in our vocabulary. */
export interface Draft {
  readonly event: string;
  /** As the answer names it; `null` where it names none. */
  readonly model: string | null;
  /** Whose model it is, where the answer says so. */
  readonly provider?: string;
  /** Of another model or kind than the answer itself: an advisor, an image made on the way. */
  readonly aside?: boolean;
  /** `null`: not said. Zeros are left out, but for input and output tokens. */
  readonly quantities: Readonly<Record<string, number | null>>;
  readonly properties?: JsonObject;
  readonly cost?: VendorCost | null;
  /** In words, what the answer didn't say for certain. */
  readonly assumed?: readonly string[];
}

export interface ReadContext {
  readonly vendor: string;
  /** Everything that was sent, for what stands beside the usage, such as the calls of tools. */
  readonly all: readonly Piece[];
  /** Reads a vendor's own usage that a tool has kept within its own. */
  readonly readWithin: (raw: Json, vendor: string) => readonly Draft[];
}

/** One form in which vendors report usage. */
export interface Shape {
  /** Shown where nothing was found: what it looks for. */
  readonly looksFor: string;
  /** Whether a piece says usage in this form. */
  claims(piece: Piece): boolean;
  /** @param pieces those claimed, in their order: whole answers, or events of a stream */
  read(pieces: readonly Piece[], context: ReadContext): readonly Draft[];
}
