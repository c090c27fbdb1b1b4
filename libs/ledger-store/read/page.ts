/** A page of a list, newest first. `after` is the last key of the page before. */
export interface PageRequest {
  readonly limit: number;
  readonly after: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; `null` where this is the last one. */
  readonly next: string | null;
}

/**
 * A page of what an account has made, oldest first. An account's ids rise with every decision, and its decisions are
 * committed one after the other. So once an id was seen, nothing with a smaller id of that account appears any more.
 */
export interface FollowRequest extends PageRequest {
  /** The UUID of the last object that the follower has seen; `null` where it begins with the first. */
  readonly lastSeen: string | null;
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** The UUID after which a page begins that is read forward. */
export function beginningOf({ lastSeen, after }: FollowRequest): string {
  const [latest = BEFORE_ALL] = [lastSeen ?? BEFORE_ALL, after ?? BEFORE_ALL].toSorted().toReversed();
  return latest;
}

/** Makes a page of rows that were asked for with one more than the limit. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  { limit }: PageRequest,
  keyOf: (row: Row) => string,
  itemOf: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), next: rows.length > limit && last ? keyOf(last) : null };
}

export function idOf({ id }: { readonly id: string }): string {
  return id;
}
