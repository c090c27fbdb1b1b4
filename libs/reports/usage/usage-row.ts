import { type Amount, ZERO } from '#amounts';
import { addMeasures, AMOUNTS, COUNTS, noMeasures, type Measures } from '../facts/measures.ts';

/** What usage of a group adds up to in a bucket. */
export interface UsageSums {
  /** Which bucket, from 0. */
  readonly bucket: number;
  /** Of the credits. */
  readonly unit: string;
  /** One for each group of the question. `(none)`: the usage names none. */
  readonly values: readonly string[];
  readonly measures: Measures;
  /** How much was used of each quantity; `null` where quantities aren't told apart like that. */
  readonly quantities: ReadonlyMap<string, Amount> | null;
}

export const NONE = '(none)';
const OTHER = '(other)';

export function isNothing({ measures, quantities }: UsageSums): boolean {
  return (
    COUNTS.every((name) => measures[name] === 0) &&
    AMOUNTS.every((name) => measures[name].isZero()) &&
    [...(quantities?.values() ?? [])].every((amount) => amount.isZero())
  );
}

/** Several rows as one. */
export function together(
  rows: readonly UsageSums[],
  { bucket, unit, values }: Pick<UsageSums, 'bucket' | 'unit' | 'values'>,
): UsageSums {
  const measures = noMeasures();
  const quantities = new Map<string, Amount>();
  for (const row of rows) {
    addMeasures(measures, row.measures);
    for (const [name, amount] of row.quantities ?? [])
      quantities.set(name, (quantities.get(name) ?? ZERO).plus(amount));
  }
  const hasQuantities = rows.every((row) => row.quantities !== null);
  return { bucket, unit, values, measures, quantities: hasQuantities ? quantities : null };
}

export const METRICS = ['requests', 'credits', 'uncollected', 'refunded', 'revenue', 'cost', 'margin'] as const;
export type Metric = (typeof METRICS)[number];

function metricOf({ measures }: UsageSums, metric: Metric): Amount {
  switch (metric) {
    case 'requests':
      return ZERO.plus(measures.requests);
    case 'credits':
      return creditsOf(measures);
    case 'margin':
      return measures.revenue.minus(measures.cost);
    default:
      return measures[metric];
  }
}

function creditsOf({ paid, promotional, included, debt }: Measures): Amount {
  return paid.plus(promotional).plus(included).plus(debt);
}

/** The groups with the most of a metric over all buckets. */
export function topGroups(rows: readonly UsageSums[], metric: Metric, count: number): ReadonlySet<string> {
  const sums = Map.groupBy(rows, ({ values }) => JSON.stringify(values));
  const ranked = [...sums].map(([name, own]) => ({
    name,
    sum: own.reduce((all, row) => all.plus(metricOf(row, metric)), ZERO),
  }));
  ranked.sort((a, b) => b.sum.cmp(a.sum) || (a.name < b.name ? -1 : 1));
  return new Set(ranked.slice(0, count).map(({ name }) => name));
}

/** Puts together what isn't among the top, in each bucket and unit, as `(other)`. @param top `null`: everything is shown */
export function withOther(rows: readonly UsageSums[], top: ReadonlySet<string> | null): readonly UsageSums[] {
  if (top === null) return rows;
  const isShown = ({ values }: UsageSums): boolean => top.has(JSON.stringify(values));
  const others = Map.groupBy(
    rows.filter((row) => !isShown(row)),
    ({ bucket, unit }) => JSON.stringify([bucket, unit]),
  );
  const summed = [...others.values()].flatMap((own) => {
    const [first] = own;
    return first ? [together(own, { ...first, values: first.values.map(() => OTHER) })] : [];
  });
  return [...rows.filter(isShown), ...summed];
}

/** By bucket, in each those with the most of a metric first; `(other)` last. */
export function inOrder(rows: readonly UsageSums[], metric: Metric): readonly UsageSums[] {
  const isOther = ({ values }: UsageSums): number =>
    values.length > 0 && values.every((one) => one === OTHER) ? 1 : 0;
  return rows.toSorted(
    (a, b) =>
      a.bucket - b.bucket ||
      isOther(a) - isOther(b) ||
      metricOf(b, metric).cmp(metricOf(a, metric)) ||
      (JSON.stringify(a.values) < JSON.stringify(b.values) ? -1 : 1),
  );
}
