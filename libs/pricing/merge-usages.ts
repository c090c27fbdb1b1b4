import { Amount, canonicalJson, formatAmount, type Json, ZERO } from '#amounts';
import { statedQuantities, statedQuantity, type Usage } from './usage.ts';

const ONE = new Amount(1);

/**
 * All usage of an authorization so far: what earlier steps used, merged with a further one. Usage of the same event, model,
 * provider and properties is one request that goes on: where a step has several of these, the first goes on with the first.
 */
export function mergeUsages(before: readonly Usage[], step: readonly Usage[]): readonly Usage[] {
  const merged = [...before];
  continuations(before, step).forEach((index, i) => {
    const usage = step[i];
    if (!usage) return;
    const earlier = index === null ? undefined : merged[index];
    if (index === null || !earlier) merged.push(usage);
    else merged[index] = mergeTwo(earlier, usage);
  });
  return merged;
}

/** For each usage of a step, the index of the earlier usage that it goes on with; null where it is new. */
export function continuations(before: readonly Usage[], step: readonly Usage[]): readonly (number | null)[] {
  if (before.length === 0) return step.map(() => null);
  const indexes = new Map<string, number[]>();
  before.forEach((usage, index) => {
    const key = keyOf(usage);
    indexes.set(key, [...(indexes.get(key) ?? []), index]);
  });
  return step.map((usage) => indexes.get(keyOf(usage))?.shift() ?? null);
}

/** The quantities of both; all else is that of the earlier one. */
export function mergeTwo(earlier: Usage, usage: Usage): Usage {
  const merged: Record<string, Json> = { ...earlier };
  for (const name of statedQuantities(usage)) {
    const sum = (statedQuantity(earlier, name) ?? impliedQuantity(name)).plus(statedQuantity(usage, name) ?? ZERO);
    const text = formatAmount(sum);
    merged[name] = sum.isInteger() && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
  return { ...merged, event: earlier.event };
}

/** A usage is one request where it doesn't say how many. */
function impliedQuantity(name: string): Amount {
  return name === 'requests' ? ONE : ZERO;
}

function keyOf({ event, model, provider, properties }: Usage): string {
  return canonicalJson([event, model ?? null, provider ?? null, properties ?? {}]);
}
