import type { Usage } from './usage.ts';

/** All usage of an authorization so far: what earlier steps used, and a further one. */
export function mergeUsages(before: readonly Usage[], step: readonly Usage[]): readonly Usage[] {
  return [...before, ...step];
}
