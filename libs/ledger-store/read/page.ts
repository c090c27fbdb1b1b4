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
