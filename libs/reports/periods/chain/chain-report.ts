/** Something that isn't as it was when it was chained or closed. */
export interface ChainDifference {
  readonly environment: string | null;
  /** The account's own id; its internal key where there is no such account any more. `null` where it is about a closing. */
  readonly account: string | null;
  /** The month with which it was closed, like `2026-03`; `null` for rows that are chained and not closed yet. */
  readonly month: string | null;
  readonly kind: 'altered' | 'missing' | 'inserted';
  /** What it is about, e.g. `transfer tr_…`. */
  readonly object: string;
}

/** A closing as it stands, with the hash that depends on everything before it. */
export interface CheckedClosing {
  readonly environment: string;
  readonly month: string;
  readonly version: number;
  /** Hexadecimal. Compare it with what was noted elsewhere when the month was closed. */
  readonly hash: string;
}

export interface ChainReport {
  readonly clean: boolean;
  readonly rows: number;
  readonly links: number;
  readonly ms: number;
  readonly closings: readonly CheckedClosing[];
  /** The first, at most {@link CHAIN_DIFFERENCES_MAX}. */
  readonly differences: readonly ChainDifference[];
  /** How many there are. */
  readonly found: number;
}

export const CHAIN_DIFFERENCES_MAX = 100;
