import { type Condition, type Match, meets } from './match.ts';

/** How specific a match is: more names before fewer, then more exact values, then more lists, then the longer prefixes. */
export type Rank = readonly number[];

export function rankOf(match: Match): Rank {
  const count = (kind: Condition['kind']): number => match.filter((condition) => condition.kind === kind).length;
  const prefixes = match.map((condition) => (condition.kind === 'prefix' ? condition.prefix.length : 0));
  return [match.length, count('exact'), count('list'), prefixes.reduce((sum, length) => sum + length, 0)];
}

/** Which is the more specific: negative where it is `a`. */
export function compareRanks(a: Rank, b: Rank): number {
  return a.reduce((order, rank, index) => order || (b[index] ?? 0) - rank, 0);
}

/** Equal for matches of which neither is more specific. */
export function specificityKey(match: Match): string {
  return rankOf(match).join();
}

/** Whether some usage could match both. */
export function overlap(a: Match, b: Match): boolean {
  return a.every((condition) => {
    const other = b.find(({ name }) => name === condition.name);
    return other === undefined || shareValue(condition, other);
  });
}

function shareValue(a: Condition, b: Condition): boolean {
  if (a.kind === 'prefix' && b.kind === 'prefix') return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  if (a.kind === 'prefix') return b.kind !== 'prefix' && shareValue(b, a);
  for (const value of a.values) if (meets(b, value)) return true;
  return false;
}
