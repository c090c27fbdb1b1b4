import type { JsonObject } from '#amounts';

/** What a cell of a column is. Amounts are signed decimal text; money is an amount in the currency of its row. */
export type ColumnKind = 'text' | 'id' | 'month' | 'instant' | 'credits' | 'money' | 'percent' | 'count';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly description: string;
}

export type Cell = string | number | null;
export type ReportRow = Readonly<Record<string, Cell>>;

/** A report that is being read. */
export interface Report {
  readonly columns: readonly Column[];
  readonly rows: AsyncIterable<ReportRow> | Iterable<ReportRow>;
  /** Its columns for all rows together, once they have been read; `null` where they don't add up. */
  readonly total: () => ReportRow | null;
  /** What its JSON has after the total, once the rows have been read. */
  readonly closingFields?: () => JsonObject;
  /** When what it shows was read, in milliseconds since 1970. */
  readonly asOf: number;
}

export function column(name: string, kind: ColumnKind, description: string): Column {
  return { name, kind, description };
}
