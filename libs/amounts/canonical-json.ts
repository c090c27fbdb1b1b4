import type { Json } from './json.ts';

/**
 * The same text for the same JSON, in whatever order the fields of its objects stand. The digests of requests that are kept are
 * made of it, so for no value does it ever become another.
 */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  const fields = value as Readonly<Record<string, Json>>;
  const written = Object.keys(fields)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name] ?? null)}`);
  return `{${written.join(',')}}`;
}
