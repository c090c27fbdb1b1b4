import { canonicalJson } from '#amounts';
import type { Usage } from '#pricing';

/** Whether two lists state the same usage, whichever order the fields of each stand in. */
export function isSameUsage(a: readonly Usage[], b: readonly Usage[]): boolean {
  return a.length === b.length && canonicalJson(a) === canonicalJson(b);
}
