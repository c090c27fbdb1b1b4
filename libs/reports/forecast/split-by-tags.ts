import type { Demand } from './course.ts';

/** How usage is split by a tag. */
export interface TagShares {
  readonly tag: string;
  readonly values: readonly { readonly value: string; readonly used: bigint }[];
}

/** Of a tag, so many of the most used values are told apart. */
const VALUES_MAX = 20;

/**
 * Splits what usage is for by tags. How tags go together with models, and with each other, isn't known: each is taken to be spread over
 * the others evenly. A tag without any usage leaves the demands as they are: nothing is known of it.
 */
export function splitByTags(demands: readonly Demand[], shares: readonly TagShares[]): readonly Demand[] {
  return shares.reduce((split, one) => split.flatMap((demand) => splitByTag(demand, one)), demands);
}

function splitByTag({ spending, weight }: Demand, { tag, values }: TagShares): readonly Demand[] {
  const all = values.reduce((sum, { used }) => sum + used, 0n);
  if (all === 0n) return [{ spending, weight }];
  const largest = values.toSorted((a, b) => (a.used > b.used ? -1 : 1)).slice(0, VALUES_MAX);
  const rest = all - largest.reduce((sum, { used }) => sum + used, 0n);
  const withValue = largest.map(({ value, used }) => ({
    spending: { usage: spending.usage, tags: { ...spending.tags, [tag]: value } },
    weight: weight * used,
  }));
  return rest === 0n ? withValue : [...withValue, { spending, weight: weight * rest }];
}
