import { type Amount, ZERO } from '#amounts';

/** What each value of a dimension used; '' where none was named. */
export type CreditsByValue = ReadonlyMap<string, Amount>;

/** How much a value of a dimension has to do with a change. */
export interface Contributor {
  /** `null`: all others together. */
  readonly value: string | null;
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;
}

/** The values that changed most, in either direction, and the rest as one: they add up to the change. */
export function contributors(before: CreditsByValue, after: CreditsByValue, top: number): readonly Contributor[] {
  const all = [...new Set([...before.keys(), ...after.keys()])]
    .map((value) => contributor(value, before.get(value) ?? ZERO, after.get(value) ?? ZERO))
    .filter(({ before: was, after: is }) => !was.isZero() || !is.isZero())
    .toSorted((a, b) => b.change.abs().cmp(a.change.abs()) || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
  const rest = all.slice(top);
  if (rest.length === 0) return all;
  const sum = (part: 'before' | 'after'): Amount => rest.reduce((total, one) => total.plus(one[part]), ZERO);
  return [...all.slice(0, top), contributor(null, sum('before'), sum('after'))];
}

function contributor(value: string | null, before: Amount, after: Amount): Contributor {
  return { value, before, after, change: after.minus(before) };
}
