import { type Amount, ZERO } from '#amounts';
import type { Usage, UsageRecord } from '#ledger';

/** What usage is told apart by. What isn't named is ''. */
export interface UsageGroup {
  readonly event: string;
  readonly model: string;
  readonly provider: string;
}

export const NO_GROUP: UsageGroup = { event: '', model: '', provider: '' };

/** A group's part of an authorization. */
export interface GroupWeight {
  readonly group: UsageGroup;
  readonly weight: Amount;
}

export function groupOf({ event, model, provider }: Usage): UsageGroup {
  return { event, model: model ?? '', provider: provider ?? '' };
}

export function groupName({ event, model, provider }: UsageGroup): string {
  return JSON.stringify([event, model, provider]);
}

/**
 * The parts of an authorization by what its usage was priced at, in a fixed order; evenly where all of it was priced at nothing.
 *
 * @param named what was named when it was authorized: the group of one that has stated no usage
 */
export function weightsOf(records: readonly UsageRecord[], named: readonly Usage[]): readonly GroupWeight[] {
  const weights = new Map<string, GroupWeight>();
  for (const { usage, amount } of records) {
    const group = groupOf(usage);
    const name = groupName(group);
    const before = weights.get(name)?.weight ?? ZERO;
    weights.set(name, { group, weight: amount ? before.plus(amount) : before });
  }
  if (weights.size === 0) return [{ group: named[0] ? groupOf(named[0]) : NO_GROUP, weight: ZERO }];
  return [...weights].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, weight]) => weight);
}
