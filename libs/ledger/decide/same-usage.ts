import type { Json } from '#amounts';
import type { Usage } from '#pricing';

/** Whether two lists state the same usage, whichever order the fields of each stand in. */
export function isSameUsage(a: readonly Usage[], b: readonly Usage[]): boolean {
  return a.length === b.length && a.every((one, index) => canonical(one) === canonical(b[index] ?? null));
}

/** Equal for two values that say the same. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
