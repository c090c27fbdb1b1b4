import type { Tags, Usage } from './usage.ts';

/** What a name must be: exactly a value, one of a list, or anything that starts with a prefix. */
export type Condition =
  | { readonly name: string; readonly kind: 'exact' | 'list'; readonly values: ReadonlySet<string> }
  | { readonly name: string; readonly kind: 'prefix'; readonly prefix: string };

/** Conditions that must all hold, sorted by their names. Empty: anything matches. */
export type Match = readonly Condition[];

/** Whether a usage with these tags meets every condition. */
export function isMatch(match: Match, usage: Usage, tags: Tags): boolean {
  for (const condition of match) {
    const value = valueOf(condition.name, usage, tags);
    if (value === null || !meets(condition, value)) return false;
  }
  return true;
}

export function meets(condition: Condition, value: string): boolean {
  return condition.kind === 'prefix' ? value.startsWith(condition.prefix) : condition.values.has(value);
}

/**
 * What a name of a match stands for: the model, the provider, else a property, else a tag. A property hides the tag of the
 * same name. Numbers and booleans are compared as they are written: `true` is `"true"`.
 */
function valueOf(name: string, usage: Usage, tags: Tags): string | null {
  if (name === 'model') return usage.model ?? null;
  if (name === 'provider') return usage.provider ?? null;
  if (usage.properties !== undefined && Object.hasOwn(usage.properties, name)) {
    const value = usage.properties[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  }
  return Object.hasOwn(tags, name) ? (tags[name] ?? null) : null;
}
