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

/** No list of an answer has so many objects; of a longer one only the first are read. */
const LIST_MAX = 20_000;

/** The objects of a list; whatever else stands in it is left out. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  return listAt(value, ...path)
    .slice(0, LIST_MAX)
    .filter(isObject);
}

/** A name, such as a model's: a text of at most so many characters, of the visible ones. */
const NAME = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,128}$/u;

export function isName(text: string): boolean {
  return NAME.test(text);
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' && isName(found) ? found : null;
}

const NUMBER = /^\d{1,15}(?:\.\d{1,20})?$/;
/** No answer counts so many of anything. */
const COUNT_MAX = 1e12;

/** What is said of a quantity, and isn't a count. As a number it makes unreadable whatever it is added to. */
export const UNREADABLE = Number.NaN;

/**
 * A count: not negative; a number, or digits in a string, as headers and int64 fields have them. `null` where none is said,
 * and `NaN` where what is said can't be read: a negative number, or another text.
 */
export function countAt(value: Json | undefined, ...path: readonly string[]): number | null {
  const found = at(value, ...path);
  if (found === undefined || found === null || typeof found === 'object') return null;
  const count = typeof found === 'string' && NUMBER.test(found) ? Number(found) : found;
  return typeof count === 'number' && count >= 0 && count <= COUNT_MAX ? count : UNREADABLE;
}

/** The same of what every such answer counts: there `null` says nothing, and can't be read either. */
export function requiredCountAt(value: Json | undefined, ...path: readonly string[]): number | null {
  return at(value, ...path) === null ? UNREADABLE : countAt(value, ...path);
}

/** The same where something else is as good: `null` also where what is said can't be read. */
export function readableCountAt(value: Json | undefined, ...path: readonly string[]): number | null {
  const count = countAt(value, ...path);
  return Number.isNaN(count) ? null : count;
}

/** Whether a count is said, readable or not: what has one isn't left out because nobody can read it. */
export function hasCount(value: Json | undefined, ...path: readonly string[]): boolean {
  return countAt(value, ...path) !== null;
}

/** The first under one of these names that can be read. */
export function firstCount(value: Json | undefined, ...names: readonly string[]): number | null {
  const counts = names.map((name) => countAt(value, ...name.split('.'))).filter((count) => count !== null);
  return counts.find((count) => !Number.isNaN(count)) ?? counts[0] ?? null;
}

/** Adds what is known; `null` where nothing is. */
export function sum(...counts: readonly (number | null)[]): number | null {
  return sumOf(counts);
}

/** The same of a list, which may be too long for the arguments of a function. */
export function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}

/** Adds parts of a whole. One that can't be read is left to its whole. */
export function sumOfParts(parts: readonly number[]): number {
  return parts.reduce((total, part) => (Number.isNaN(part) ? total : total + part), 0);
}
