/** What became of a row that a link covers. `id` is `null` for one that is gone: then it stood behind `behind`. */
export interface RowDifference {
  readonly kind: 'altered' | 'missing' | 'inserted';
  readonly source: string | null;
  readonly id: string | null;
  /** The row before it, or `null` where it was the first of its link. */
  readonly behind: string | null;
}

interface MarkedRow {
  readonly id: string;
  readonly source: string;
  readonly mark: string;
}

/**
 * Finds what differs between the rows of a link and the marks that it has kept of them. A row that took the place of another is told
 * as altered.
 *
 * @param kept hexadecimal
 */
export function compareMarks(kept: readonly string[], rows: readonly MarkedRow[]): readonly RowDifference[] {
  const differences: RowDifference[] = [];
  const places = placesOf(rows);
  let row = 0;
  let mark = 0;
  while (mark < kept.length || row < rows.length) {
    const wanted = kept[mark];
    const found = rows[row];
    if (found && found.mark === wanted) {
      mark += 1;
      row += 1;
      continue;
    }
    const behind = rows[row - 1]?.id ?? null;
    const isGone = wanted !== undefined && (places.get(wanted)?.every((place) => place < row) ?? true);
    const isNew = found !== undefined && !kept.includes(found.mark, mark);
    if (isGone && isNew) differences.push({ kind: 'altered', source: found.source, id: found.id, behind });
    else if (isNew || wanted === undefined) {
      differences.push({ kind: 'inserted', source: found?.source ?? null, id: found?.id ?? null, behind });
    } else differences.push({ kind: 'missing', source: null, id: null, behind });
    if (isGone || !isNew) mark += 1;
    if (isNew || wanted === undefined) row += 1;
  }
  return differences;
}

function placesOf(rows: readonly MarkedRow[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { mark }] of rows.entries()) {
    const known = places.get(mark);
    if (known) known.push(place);
    else places.set(mark, [place]);
  }
  return places;
}
