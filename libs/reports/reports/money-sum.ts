import { Amount, ZERO } from '#amounts';
import type { MoneyFact } from '../facts/money-fact.ts';

/** Facts about money, added up over a stretch of time. */
export interface MoneySum extends Pick<MoneyFact, 'kind' | 'category' | 'currency' | 'credits' | 'money'> {
  /** The account's own id; '' where accounts are taken together. */
  readonly account: string;
  readonly unit: string;
  /** `null` of debt, and where grants are taken together. */
  readonly grantId: string | null;
  /** In which part of the range they took effect, from 1 on. 0: before it. */
  readonly part: number;
  /** How many facts. */
  readonly count: number;
}

export function sumOf<T>(items: Iterable<T>, amountOf: (item: T) => Amount): Amount {
  let sum = ZERO;
  for (const item of items) sum = sum.plus(amountOf(item));
  return sum;
}

/** Groups by a key, in the order of the keys. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = Map.groupBy(items, keyOf);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
