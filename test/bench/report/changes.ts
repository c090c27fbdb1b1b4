import { beforeName } from '../rows/row.ts';
import { ratiosOf, type RatioResult, type RowFigures } from './ratios.ts';
import { median } from './statistics.ts';

type Figures = ReadonlyMap<string, RowFigures>;

/** A figure of this checkout ÷ that of the other, taken within each round. */
interface Quotient {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What has become of a row since the other checkout. */
export interface Change {
  readonly row: string;
  readonly per_second: Quotient;
  readonly p99: Quotient;
}

/** Of the rows that were measured with both. */
export function changesOf(figures: Figures): Change[] {
  return [...figures].flatMap(([row, now]) => {
    const before = figures.get(beforeName(row));
    if (!before) return [];
    return [{ row, per_second: quotient(now.perSecond, before.perSecond), p99: quotient(now.p99, before.p99) }];
  });
}

/** The ratios that the other checkout reaches; those that none of its rows is in are the same, and left out. */
export function ratiosBefore(figures: Figures): RatioResult[] {
  const itsOwn = new Map<string, RowFigures>();
  for (const row of figures.keys()) {
    const before = figures.get(beforeName(row));
    if (before) itsOwn.set(row, before);
  }
  if (itsOwn.size === 0) return [];
  return ratiosOf(new Map([...figures, ...itsOwn]), (row) => itsOwn.has(row));
}

function quotient(now: readonly number[], before: readonly number[]): Quotient {
  const quotients = now.map((value, round) => value / (before[round] ?? NaN));
  return { median: median(quotients), min: Math.min(...quotients), max: Math.max(...quotients) };
}
