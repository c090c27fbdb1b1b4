import { addMeasures } from './measures.ts';
import type { TagRow } from './fact-sums.ts';
import { ERASED, NONE, OTHER } from './tag-value.ts';

/** So many values of a tag are told apart in a month. */
const TAG_VALUES_MAX = 10_000;

/** What is known of the values that a tag has had in a month, by UTC. */
export interface KnownValues {
  /** How many there are. */
  count: number;
  /** Those of them that the rows at hand name. */
  readonly values: Set<string>;
}

const UNCOUNTED: ReadonlySet<string> = new Set([NONE, ERASED]);

/** The month of a slot, as an instant in milliseconds since 1970. */
export function monthOf(slot: number): number {
  const date = new Date(slot);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

export function monthName(tag: string, month: number): string {
  return JSON.stringify([tag, month]);
}

/**
 * Puts together the rows of values that are too many: the first ones of a month are kept apart, in the order in which they came up.
 *
 * @param known by `monthName`; those that are new are added to it
 */
export function capTags(rows: readonly TagRow[], known: Map<string, KnownValues>, max = TAG_VALUES_MAX): TagRow[] {
  const kept: TagRow[] = [];
  const others = new Map<string, TagRow>();
  for (const row of rows) {
    if (row.value !== OTHER && (UNCOUNTED.has(row.value) || isKept(row, known, max))) {
      kept.push(row);
      continue;
    }
    const { slot, tag, currency } = row;
    const name = JSON.stringify([slot, tag, currency]);
    const other = others.get(name);
    if (other) addMeasures(other.measures, row.measures);
    else others.set(name, { ...row, value: OTHER, measures: { ...row.measures } });
  }
  return [...kept, ...others.values()];
}

function isKept({ tag, slot, value }: TagRow, known: Map<string, KnownValues>, max: number): boolean {
  const name = monthName(tag, monthOf(slot));
  const month = known.get(name) ?? { count: 0, values: new Set<string>() };
  known.set(name, month);
  if (month.values.has(value)) return true;
  if (month.count >= max) return false;
  month.count += 1;
  month.values.add(value);
  return true;
}
