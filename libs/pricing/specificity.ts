import { type Condition, type Match, meets } from './match.ts';

/**
 * Which of two matches is the more specific: negative where it is `a`. More names before fewer, then more exact values, then
 * more lists, then the longer prefixes.
 */
export function compareSpecificity(a: Match, b: Match): number {
  const ranks = rankOf(b);
  return rankOf(a).reduce((order, rank, index) => order || (ranks[index] ?? 0) - rank, 0);
}

/** Equal for matches of which neither is more specific. */
export function specificityKey(match: Match): string {
  return rankOf(match).join();
}

function rankOf(match: Match): readonly number[] {
  const count = (kind: Condition['kind']): number => match.filter((condition) => condition.kind === kind).length;
  const prefixes = match.map((condition) => (condition.kind === 'prefix' ? condition.prefix.length : 0));
  return [match.length, count('exact'), count('list'), prefixes.reduce((sum, length) => sum + length, 0)];
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
