import type { Json, JsonObject } from '#amounts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a path of names, where every step to it is an object. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const name of path) {
    if (!isObject(found)) return undefined;
    found = found[name];
  }
  return found;
}

export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject | null {
  const found = at(value, ...path);
  return isObject(found) ? found : null;
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/** The objects of a list; whatever else stands in it is left out. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  return listAt(value, ...path).filter(isObject);
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}

const NUMBER = /^\d+(?:\.\d+)?$/;

/** A count: not negative; a number, or digits in a string, as headers and int64 fields have them. Anything else is `null`. */
export function countAt(value: Json | undefined, ...path: readonly string[]): number | null {
  const found = at(value, ...path);
  if (typeof found === 'string') return NUMBER.test(found) ? Number(found) : null;
  return typeof found === 'number' && found >= 0 && Number.isFinite(found) ? found : null;
}

/** The first count under one of these names. */
export function firstCount(value: Json | undefined, ...names: readonly string[]): number | null {
  for (const name of names) {
    const count = countAt(value, ...name.split('.'));
    if (count !== null) return count;
  }
  return null;
}

/** Adds what is known; `null` where nothing is. */
export function sum(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
